package web

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/groundswell/groundswell/crm"
)

// uploadTimeout is how long a file may take to come.
const uploadTimeout = 15 * time.Minute

// Import is a file that was sent to be imported, and how far that is.
type Import struct {
	ID           string            `json:"id"`
	Type         string            `json:"type" enum:"account,contact,lead,network"`
	File         string            `json:"file"`
	State        string            `json:"state" enum:"requested,running,done,failed"`
	DryRun       bool              `json:"dry_run"`
	AllOrNothing bool              `json:"all_or_nothing"`
	Map          map[string]string `json:"map" doc:"Field → header, where the header does not tell."`
	Basis        string            `json:"basis" doc:"Of a network: what makes it lawful; empty for the others."`
	Evidence     string            `json:"evidence" doc:"And why that holds."`
	Size         int64             `json:"size" doc:"Bytes."`
	Taken        int64             `json:"taken" doc:"Bytes read so far."`
	Report       crm.ImportReport  `json:"report"`
	Problem      string            `json:"problem" doc:"Why it failed."`
	RequestedAt  time.Time         `json:"requested_at"`
	EndedAt      *time.Time        `json:"ended_at,omitempty"`
}

func importOf(j crm.ImportJob) Import {
	return Import{ID: j.ID, Type: j.Type, File: j.File, State: j.State, DryRun: j.DryRun, AllOrNothing: j.AllOrNothing, Map: j.Map, Basis: string(j.Basis), Evidence: j.Evidence, Size: j.Size, Taken: j.Taken,
		Report: j.Report, Problem: j.Problem, RequestedAt: instant(j.RequestedAt), EndedAt: maybe(j.EndedAt)}
}

// ImportType is a type of records that can be imported.
type ImportType struct {
	Type   string   `json:"type"`
	Fields []string `json:"fields" nullable:"false" doc:"That a column can fill, beside those of your own."`
}

// importInput takes the file as it comes: it is not held in memory.
type importInput struct {
	Type         string   `query:"type" required:"true" enum:"account,contact,lead,network"`
	File         string   `query:"file" maxLength:"200" doc:"The name of the file, kept with leads as where they came from."`
	DryRun       bool     `query:"dry_run" doc:"Check the file and change nothing."`
	AllOrNothing bool     `query:"all_or_nothing" doc:"Import nothing when a row is refused."`
	Map          []string `query:"map,explode" maxItems:"200" doc:"What a column means: field=header; repeatable."`
	Basis        string   `query:"basis" enum:"consent,given,legitimate-interest" doc:"Of a network, which needs it: what makes it lawful to keep the people in it."`
	Evidence     string   `query:"evidence" maxLength:"500" doc:"Of a network: why that holds, such as where the consents lie."`
	file         io.Reader
}

// Resolve gives the file the time it takes.
func (in *importInput) Resolve(ctx huma.Context) []error {
	r, w := humago.Unwrap(ctx)
	deadline, control := time.Now().Add(uploadTimeout), http.NewResponseController(w)
	// A server that knows no deadlines, as in tests, has none to move.
	_ = control.SetReadDeadline(deadline)
	_ = control.SetWriteDeadline(deadline.Add(writeTimeout))
	in.file = http.MaxBytesReader(w, r.Body, crm.MaxImport+1)
	return nil
}

func (s *Server) importRoutes() {
	tags := []string{"imports"}
	take := huma.Operation{OperationID: "create-import", Method: http.MethodPost, Path: "/imports", Tags: tags, DefaultStatus: http.StatusAccepted,
		Summary: "Import records from a CSV file, or one's own network",
		Description: "The body is the file, up to 256 MiB: docs/import.md says what it may hold. It is imported in the background; GET /imports/{id} says how far. It takes create and update on the type. " +
			"The type network takes LinkedIn's Connections.csv or cards (vCard) of people whom one knows, and create on contacts.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}},
			"text/vcard": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	operate(s, noGrant, take, s.createImport)
	operate(s, noGrant, huma.Operation{OperationID: "list-imports", Method: http.MethodGet, Path: "/imports", Tags: tags, Summary: "List the files that you sent to be imported"}, s.listImports)
	operate(s, noGrant, scopeless(huma.Operation{OperationID: "list-import-types", Method: http.MethodGet, Path: "/import-types", Tags: tags, Summary: "List what can be imported, with the fields of each"}), s.listImportTypes)
	operate(s, noGrant, getting("imports", "get-import", "/imports/{id}", "Get how far an import is, and what came of it"), s.getImport)
	refusals := getting("imports", "get-import-refusals", "/imports/{id}/refusals.csv", "The refused rows with line, column and reason, to be corrected and imported again; formulas are neutralised")
	refusals.Responses = fileResponse("text/csv", "The rows.")
	operate(s, noGrant, refusals, s.getImportRefusals)
	remove := doing("imports", "delete-import", http.MethodDelete, "/imports/{id}", "Stop an import, or forget one that has ended")
	remove.Description, remove.DefaultStatus = "What was imported stays.", http.StatusNoContent
	operate(s, noGrant, remove, s.deleteImport)
}

func (s *Server) createImport(ctx context.Context, in *importInput) (*one[Import], error) {
	j := crm.ImportJob{Type: in.Type, File: in.File, DryRun: in.DryRun, AllOrNothing: in.AllOrNothing, Map: make(map[string]string),
		Basis: crm.Basis(in.Basis), Evidence: in.Evidence}
	for _, pair := range in.Map {
		field, header, ok := strings.Cut(pair, "=")
		if !ok || header == "" {
			return nil, &fault{kind: kindInvalid, detail: "map: " + pair + ": want field=header", field: "query.map"}
		}
		j.Map[field] = header
	}
	j, err := crm.RequestImport(ctx, s.DB, s.change(ctx, ""), j, in.file)
	if err != nil {
		return nil, err
	}
	return &one[Import]{importOf(j)}, nil
}

func (s *Server) listImports(ctx context.Context, in *listInput) (*one[Page[Import]], error) {
	list, next, err := crm.Imports(ctx, s.DB, userFrom(ctx).id, in.Cursor, in.Limit)
	return views(list, next, err, importOf)
}

func (s *Server) listImportTypes(context.Context, *struct{}) (*one[Page[ImportType]], error) {
	var all []ImportType
	for _, kind := range append(crm.ImportTypes(), crm.ImportOfNetwork) {
		all = append(all, ImportType{kind, crm.ImportFields(kind)})
	}
	return page(all, ""), nil
}

func (s *Server) getImport(ctx context.Context, in *IDInput) (*one[Import], error) {
	j, err := crm.ImportByID(ctx, s.DB, userFrom(ctx).id, in.ID)
	if err != nil {
		return nil, err
	}
	return &one[Import]{importOf(j)}, nil
}

func (s *Server) getImportRefusals(ctx context.Context, in *IDInput) (*huma.StreamResponse, error) {
	j, err := crm.ImportByID(ctx, s.DB, userFrom(ctx).id, in.ID)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "text/csv; charset=utf-8")
		out.SetHeader("Content-Disposition", `attachment; filename="refused.csv"`)
		if err := crm.WriteRefusals(ctx, s.DB, j.ID, out.BodyWriter()); err != nil && ctx.Err() == nil {
			s.Logger.Error("refused rows were cut short", "import_id", j.ID, "err", err)
			panic(http.ErrAbortHandler) // the client must not take the part for the whole
		}
	}}, nil
}

func (s *Server) deleteImport(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, crm.DeleteImport(ctx, s.DB, userFrom(ctx).id, in.ID)
}
