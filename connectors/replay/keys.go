package replay

// A keySet is the set of the known field names that an object has, one bit each.
type keySet uint64

const (
	kAccount keySet = 1 << iota
	kAncestors
	kAuthorID
	kCommit
	kContent
	kData
	kDelete
	kDescendants
	kDID
	kEditHistory
	kErrors
	kEvent
	kFeed
	kFullText
	kID
	kIDStr
	kIncludes
	kKind
	kLastStatus
	kMeta
	kNetwork
	kPayload
	kPost
	kPosts
	kRecord
	kRecords
	kScreenName
	kSearchMetadata
	kStatus
	kStatuses
	kText
	kThread
	kType
	kURI
	kUser
	kV
	kValue
)

var known = map[string]keySet{
	"account": kAccount, "ancestors": kAncestors, "author_id": kAuthorID, "commit": kCommit,
	"content": kContent, "data": kData, "delete": kDelete, "descendants": kDescendants, "did": kDID,
	"edit_history_tweet_ids": kEditHistory, "errors": kErrors, "event": kEvent, "feed": kFeed,
	"full_text": kFullText, "id": kID, "id_str": kIDStr, "includes": kIncludes, "kind": kKind,
	"last_status": kLastStatus, "meta": kMeta, "network": kNetwork, "payload": kPayload, "post": kPost,
	"posts": kPosts, "record": kRecord, "records": kRecords, "screen_name": kScreenName,
	"search_metadata": kSearchMetadata, "status": kStatus, "statuses": kStatuses, "text": kText,
	"thread": kThread, "type": kType, "uri": kURI, "user": kUser, "v": kV, "value": kValue,
}
