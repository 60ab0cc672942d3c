package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

// ContactFields are what a person sets of a contact.
type ContactFields struct {
	ExternalID   string         `json:"external_id,omitempty" doc:"The id in the system it was imported from."`
	FirstName    string         `json:"first_name,omitempty"`
	LastName     string         `json:"last_name,omitempty"`
	DisplayName  string         `json:"display_name,omitempty" doc:"How they want to be shown, where it is not first and last name."`
	Email        string         `json:"email,omitempty"`
	Phone        string         `json:"phone,omitempty"`
	AccountID    string         `json:"account_id,omitempty"`
	Company      string         `json:"company,omitempty"`
	JobTitle     string         `json:"job_title,omitempty"`
	City         string         `json:"city,omitempty"`
	PostalCode   string         `json:"postal_code,omitempty"`
	Country      string         `json:"country,omitempty"`
	URL          string         `json:"url,omitempty" doc:"Their own page."`
	Fields       map[string]any `json:"fields,omitempty" doc:"Fields of your own, see /fields; they stay when this is left out."`
	OwnerID      string         `json:"owner_id,omitempty" maxLength:"100" doc:"Who looks after them; left out: who creates the contact, or as it is."`
	Relationship string         `json:"relationship,omitempty" enum:"customer,prospect,partner,other" doc:"What they are to the company; not said, when left out."`
}

func (f ContactFields) contact() crm.Contact {
	return crm.Contact{ExternalID: f.ExternalID, FirstName: f.FirstName, LastName: f.LastName, DisplayName: f.DisplayName, Email: f.Email,
		Phone: f.Phone, AccountID: f.AccountID, Company: f.Company, JobTitle: f.JobTitle, City: f.City, PostalCode: f.PostalCode, Country: f.Country, URL: f.URL, OwnerID: f.OwnerID, Relationship: f.Relationship, Fields: f.Fields}
}

// Contact is a person the company knows.
type Contact struct {
	ID           string         `json:"id"`
	Name         string         `json:"name" doc:"What to show."`
	ExternalID   string         `json:"external_id"`
	FirstName    string         `json:"first_name"`
	LastName     string         `json:"last_name"`
	DisplayName  string         `json:"display_name"`
	Email        string         `json:"email"`
	Phone        string         `json:"phone"`
	AccountID    string         `json:"account_id"`
	Company      string         `json:"company"`
	JobTitle     string         `json:"job_title"`
	City         string         `json:"city"`
	PostalCode   string         `json:"postal_code"`
	Country      string         `json:"country"`
	URL          string         `json:"url"`
	OwnerID      string         `json:"owner_id" doc:"Empty: nobody."`
	Relationship string         `json:"relationship" doc:"customer, prospect, partner or other; empty: not said."`
	Fields       map[string]any `json:"fields" doc:"Fields of your own."`
	Touches      int64          `json:"touches" doc:"How many touches their timeline has."`
	LastTouchAt  *time.Time     `json:"last_touch_at"`
	Version      int64          `json:"version"`
	CreatedAt    time.Time      `json:"created_at"`
	UpdatedAt    time.Time      `json:"updated_at"`
}

func contactOf(c *crm.Contact, touches crm.TouchCount) Contact {
	return Contact{ID: c.ID, Name: c.Name(), ExternalID: c.ExternalID, FirstName: c.FirstName, LastName: c.LastName,
		DisplayName: c.DisplayName, Email: c.Email, Phone: c.Phone, AccountID: c.AccountID, Company: c.Company, JobTitle: c.JobTitle,
		City: c.City, PostalCode: c.PostalCode, Country: c.Country, URL: webLink(c.URL), OwnerID: c.OwnerID, Relationship: c.Relationship, Fields: orNone(c.Fields), Touches: touches.Touches, LastTouchAt: maybe(touches.Last),
		Version: c.Version, CreatedAt: instant(c.CreatedAt), UpdatedAt: instant(c.UpdatedAt)}
}

// nameWithout is what to show for the contact to who is not shown some of its fields.
func (c *Contact) nameWithout(hidden []string) string {
	shown := crm.Contact{FirstName: c.FirstName, LastName: c.LastName, DisplayName: c.DisplayName, Email: c.Email, Company: c.Company}
	return shown.NameWithout(hidden)
}

// ContactDetail is a contact with what belongs to it.
type ContactDetail struct {
	Contact
	Profiles []Profile `json:"profiles" nullable:"false"`
	Links    []Link    `json:"links" nullable:"false"`
}

type (
	contactsInput struct {
		PageInput
		ViewInput
		FieldInput
		Query   string `query:"q" maxLength:"200" doc:"Beginning of a name, a company or an e-mail address."`
		Account string `query:"account" maxLength:"100" doc:"Id of an account: only its contacts."`
	}
	createContactInput struct{ Body ContactFields }
	updateContactInput struct {
		IDInput
		Expectation
		Body ContactFields
	}
	timelineInput struct {
		IDInput
		PageInput
	}
)

func (s *Server) contactRoutes() {
	tags := []string{"contacts"}
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "list-contacts", Method: http.MethodGet, Path: "/contacts", Tags: tags,
		Summary: "List contacts by name, or search them"}, s.listContacts)
	operate(s, needs(crm.ToCreate, crm.RecordContact), huma.Operation{OperationID: "create-contact", Method: http.MethodPost, Path: "/contacts", Tags: tags, DefaultStatus: http.StatusCreated,
		Summary: "Create a contact", Errors: []int{409}}, s.createContact)
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "get-contact", Method: http.MethodGet, Path: "/contacts/{id}", Tags: tags,
		Summary: "Get a contact with its profiles and links", Errors: []int{404}}, s.getContact)
	operate(s, needs(crm.ToUpdate, crm.RecordContact), huma.Operation{OperationID: "update-contact", Method: http.MethodPut, Path: "/contacts/{id}", Tags: tags,
		Summary: "Change a contact", Description: "A field that is left out becomes empty.", Errors: []int{404, 409, 412}}, s.updateContact)
	operate(s, needs(crm.ToDelete, crm.RecordContact), huma.Operation{OperationID: "delete-contact", Method: http.MethodDelete, Path: "/contacts/{id}", Tags: tags,
		Summary: "Delete a contact", Description: "Its profiles, links and timeline go with it; leads stay.", Errors: []int{404}}, s.deleteContact)
	operate(s, needs(crm.ToRead, crm.RecordContact), huma.Operation{OperationID: "get-timeline", Method: http.MethodGet, Path: "/contacts/{id}/timeline", Tags: tags,
		Summary: "What a contact said, the newest first", Errors: []int{404}}, s.timeline)
}

func (s *Server) listContacts(ctx context.Context, in *contactsInput) (*one[Page[Contact]], error) {
	fields, err := in.filter()
	if err != nil {
		return nil, err
	}
	contacts, next, err := crm.FindContacts(ctx, s.DB, accessFrom(ctx), crm.ContactFilter{Query: in.Query, AccountID: in.Account, Fields: fields, View: in.viewOf(), Cursor: in.Cursor, Limit: in.Limit})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(contacts))
	for i := range contacts {
		ids[i] = contacts[i].ID
	}
	counts, err := crm.TouchCounts(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Contact, len(contacts))
	for i := range contacts {
		items[i] = contactOf(&contacts[i], counts[ids[i]])
	}
	return page(items, next), nil
}

func (s *Server) getContact(ctx context.Context, in *IDInput) (*versioned[ContactDetail], error) {
	return s.contactDetail(ctx, s.DB, in.ID)
}

func (s *Server) contactDetail(ctx context.Context, q sqldb.Querier, id string) (*versioned[ContactDetail], error) {
	c, err := crm.ContactDetailByID(ctx, q, accessFrom(ctx), id)
	if err != nil {
		return nil, err
	}
	counts, err := crm.TouchCounts(ctx, q, []string{id})
	if err != nil {
		return nil, err
	}
	links, err := linksOf(ctx, q, c.Links)
	if err != nil {
		return nil, err
	}
	return &versioned[ContactDetail]{etag(c.Version), ContactDetail{contactOf(&c.Contact, counts[id]), profilesOf(c.Profiles), links}}, nil
}

func (s *Server) createContact(ctx context.Context, in *createContactInput) (*versioned[ContactDetail], error) {
	if in.Body.OwnerID == "" {
		in.Body.OwnerID = userFrom(ctx).id
	}
	return s.saveContact(ctx, in.Body, func(tx *sqldb.Tx, c crm.Contact) (crm.Contact, error) {
		if err := accountSeen(ctx, tx, c.AccountID); err != nil {
			return c, err
		}
		return crm.CreateContact(ctx, tx, c, s.change(ctx, ""))
	})
}

func (s *Server) updateContact(ctx context.Context, in *updateContactInput) (*versioned[ContactDetail], error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	out, err := s.saveContact(ctx, in.Body, func(tx *sqldb.Tx, c crm.Contact) (crm.Contact, error) {
		old, err := crm.ContactByID(ctx, tx, accessFrom(ctx), in.ID)
		if err != nil {
			return old, err
		}
		c.ID, c.Version = in.ID, expected
		if expected == 0 {
			c.Version = old.Version
		}
		if c.AccountID != old.AccountID {
			if err := accountSeen(ctx, tx, c.AccountID); err != nil {
				return old, err
			}
		}
		return crm.UpdateContact(ctx, tx, c, s.change(ctx, ""))
	})
	return out, changed(err, crm.ErrConflict, expected)
}

// accountSeen refuses the id of an account that is not there, or not for who asks.
func accountSeen(ctx context.Context, q sqldb.Querier, id string) error {
	if id == "" {
		return nil
	}
	_, err := crm.AccountByID(ctx, q, accessFrom(ctx), id)
	return orInvalid(err, "account_id", "there is no such account")
}

func (s *Server) saveContact(ctx context.Context, fields ContactFields, save func(*sqldb.Tx, crm.Contact) (crm.Contact, error)) (*versioned[ContactDetail], error) {
	var out *versioned[ContactDetail]
	err := s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		c, err := save(tx, fields.contact())
		if err != nil {
			return err
		}
		out, err = s.contactDetail(ctx, tx, c.ID)
		return err
	})
	return out, err
}

func (s *Server) deleteContact(ctx context.Context, in *IDInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.DeleteContact(ctx, tx, in.ID, s.change(ctx, "")) })
}

// Touch is an entry of a contact's timeline.
type Touch struct {
	ContactID string    `json:"contact_id"`
	PostID    string    `json:"post_id"`
	AuthorID  string    `json:"author_id"`
	PostedAt  time.Time `json:"posted_at"`
	Mention   *Mention  `json:"mention,omitempty" doc:"What was said; left out when no monitor holds it any longer."`
}

func (s *Server) timeline(ctx context.Context, in *timelineInput) (*one[Page[Touch]], error) {
	if _, err := crm.ContactByID(ctx, s.DB, accessFrom(ctx), in.ID); err != nil {
		return nil, err
	}
	touches, next, err := crm.Timeline(ctx, s.DB, in.ID, in.Cursor, in.Limit)
	return s.touchPage(ctx, touches, next, err)
}

func (s *Server) touchPage(ctx context.Context, touches []crm.Touch, next string, err error) (*one[Page[Touch]], error) {
	if err != nil {
		return nil, err
	}
	items, err := touchesOf(ctx, s.DB, touches)
	if err != nil {
		return nil, err
	}
	return page(items, next), nil
}

// touchesOf composes touches with what was said.
func touchesOf(ctx context.Context, q sqldb.Querier, touches []crm.Touch) ([]Touch, error) {
	ids := make([]string, len(touches))
	for i, t := range touches {
		ids[i] = t.PostID
	}
	mentions, err := mentionOfPost(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	items := make([]Touch, len(touches))
	for i, t := range touches {
		items[i] = Touch{t.ContactID, t.PostID, t.AuthorID, instant(t.PostedAt), mentions[t.PostID]}
	}
	return items, nil
}
