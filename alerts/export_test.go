package alerts

// ReadCursor and WriteCursor are the codec of cursors, for its fuzz test.
var (
	ReadCursor  = readCursor
	WriteCursor = writeCursor
)
