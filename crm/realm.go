package crm

import (
	"maps"
	"slices"
)

// A realm says how access to the records of a type is decided: by the owner of each, by another
// record that each belongs to, or for all of them as one.
//
// A new noun that is governed is one line in realms.
type realm struct {
	table   string // where the records stand; empty: all of them are given as one
	owner   string // the column that names who owns one; empty: another record decides
	via     string // the type of that other record
	key     string // the column that names it
	mine    bool   // given as one, or at level own to see as far as it is about oneself
	part    bool   // they have no id of their own: a check names the record they belong to
	about   bool   // record_type and record_id name what it is about: who sees that sees it
	actions []Action
}

// Types of what is governed and is no record with an owner.
const (
	TypeMention  = "mention" // and what is made of mentions: authors, series, measures, corrections
	TypeMonitor  = "monitor" // and its rules
	TypeIncident = "incident"
	TypeSource   = "source"
	TypeChannel  = "channel"  // and routes and deliveries
	TypeMatching = "matching" // settings, models and jobs of the matcher
	TypeReport   = "report"   // forecast and the like; their rows are those of records one may read
	TypeAudit    = "audit"    // at level own: the history of records one may read
	TypePrivacy  = "privacy"  // what is held about a person, and its erasure
	TypeUnit     = "unit"
	TypeTeam     = "team"
)

var (
	wholeActions = []Action{ToRead, ToCreate, ToUpdate, ToDelete}
	ownedActions = []Action{ToRead, ToCreate, ToUpdate, ToDelete, ToAssign, ToShare, ToExport}
)

func owned(table string, more ...Action) realm {
	return realm{table: table, owner: "owner_id", actions: append(slices.Clone(ownedActions), more...)}
}

func of(table, via, key string, actions ...Action) realm {
	return realm{table: table, via: via, key: key, actions: actions}
}

func whole(actions ...Action) realm { return realm{actions: actions} }

var realms = map[string]realm{
	RecordAccount:     owned("accounts", ToMerge),
	RecordContact:     owned("contacts", ToMerge),
	RecordLead:        owned("leads", ToMerge),
	RecordOpportunity: owned("opportunities", ToApprove),
	RecordActivity:    {table: "activities", owner: "owner_id", about: true, actions: []Action{ToRead, ToCreate, ToUpdate}},
	RecordCampaign:    {table: "campaigns", owner: "owner_id", actions: []Action{ToRead, ToCreate, ToUpdate, ToAssign}},
	RecordIdea:        of("ideas", RecordCampaign, "campaign_id", ToRead, ToUpdate),
	RecordQuote:       of("quotes", RecordOpportunity, "opportunity_id", ToRead, ToCreate, ToUpdate),
	RecordOrder:       of("orders", RecordOpportunity, "opportunity_id", ToRead, ToCreate, ToUpdate),
	RecordInvoice:     of("invoices", RecordOpportunity, "opportunity_id", ToRead, ToCreate, ToUpdate),
	RecordPayment:     of("payments", RecordInvoice, "invoice_id", ToRead, ToCreate),
	RecordLink:        {table: "links", via: RecordContact, key: "contact_id", part: true, actions: []Action{ToRead, ToUpdate}},

	RecordProduct:        whole(ToRead, ToCreate, ToUpdate),
	RecordPriceList:      whole(ToRead, ToCreate, ToUpdate),
	RecordProcess:        whole(ToRead, ToCreate, ToUpdate),
	TypeMention:          whole(ToRead, ToUpdate, ToExport),
	TypeMonitor:          whole(wholeActions...),
	TypeIncident:         whole(ToRead, ToUpdate, ToExport),
	TypeSource:           whole(ToRead, ToUpdate),
	TypeChannel:          whole(ToRead, ToUpdate),
	TypeMatching:         whole(ToRead, ToUpdate),
	TypeReport:           whole(ToRead, ToExport),
	TypeAudit:            {mine: true, actions: []Action{ToRead}},
	TypePrivacy:          whole(ToRead, ToExport, ToDelete, ToApprove),
	RecordTerritory:      whole(wholeActions...),
	RecordDimension:      whole(wholeActions...),
	RecordDraft:          whole(ToRead, ToCreate, ToUpdate),
	RecordIdealProfile:   whole(ToRead, ToCreate, ToUpdate),
	RecordLearned:        whole(ToRead, ToCreate, ToUpdate),
	RecordLeadForm:       whole(wholeActions...),
	RecordField:          whole(ToRead, ToCreate, ToUpdate),
	RecordTemplate:       whole(ToRead, ToCreate, ToUpdate),
	RecordRecommendation: whole(ToRead, ToCreate, ToUpdate),
	RecordGoal:           whole(wholeActions...),
	RecordCreditRules:    {mine: true, actions: []Action{ToRead, ToUpdate, ToExport}}, // and the statements that come of them
	RecordWebhook:        whole(wholeActions...),
	RecordHandover:       whole(ToRead, ToCreate, ToUpdate),
	RecordUser:           whole(wholeActions...),
	RecordRole:           whole(ToRead, ToUpdate, ToDelete),
	TypeUnit:             whole(wholeActions...),
	TypeTeam:             whole(wholeActions...),
}

// A GovernedType is a type of records that roles grant access to.
type GovernedType struct {
	Name    string   `json:"name"`
	Actions []Action `json:"actions"`
	Levels  []Level  `json:"levels"` // that a grant may have
}

// GovernedTypes lists what roles grant access to, by name.
func GovernedTypes() []GovernedType {
	all := make([]GovernedType, 0, len(realms))
	for _, name := range slices.Sorted(maps.Keys(realms)) {
		all = append(all, GovernedType{name, realms[name].actions, levelsOf(name)})
	}
	return all
}

// Granted lists what somebody may do with any record at all, as TYPE:ACTION, by type.
func (a *Access) Granted() []string {
	all := []string{}
	for _, kind := range slices.Sorted(maps.Keys(realms)) {
		for _, action := range realms[kind].actions {
			if a.Can(action, kind) {
				all = append(all, kind+":"+string(action))
			}
		}
	}
	return all
}

// Governs says whether roles can grant an action on a type.
func Governs(action Action, kind string) bool { return slices.Contains(realms[kind].actions, action) }

func levelsOf(kind string) []Level {
	switch {
	case realms[kind].mine:
		return []Level{LevelNone, LevelOwn, LevelAll}
	case realms[kind].table == "":
		return []Level{LevelNone, LevelAll}
	}
	return Levels
}

// shows says whether, at level own, an action shows what is about oneself of records that are given
// as one. Nothing of them is one's own to change.
func (r realm) shows(action Action) bool {
	return r.mine && (action == ToRead || action == ToExport)
}

// check refuses a grant that means nothing.
func (g *Grant) check() error {
	_, known := realms[g.Type]
	switch {
	case g.Type != anything && !known:
		return invalid("grants", "%q is no type that access is granted to: GET /access/types lists them", g.Type)
	case g.Action != anything && !slices.Contains(Actions, g.Action):
		return invalid("grants", "%q is no action: want one of %v, or *", g.Action, Actions)
	case g.Type != anything && g.Action != anything && !Governs(g.Action, g.Type):
		return invalid("grants", "nothing can be done to %s that is called %s: want one of %v", g.Type, g.Action, realms[g.Type].actions)
	case !slices.Contains(Levels, g.Level):
		return invalid("grants", "%q is no level: want one of %v", g.Level, Levels)
	case known && !slices.Contains(levelsOf(g.Type), g.Level):
		return invalid("grants", "%s cannot be granted at level %s: want one of %v", g.Type, g.Level, levelsOf(g.Type))
	case known && realms[g.Type].table == "" && g.Action != anything && g.Level == LevelOwn && !realms[g.Type].shows(g.Action):
		return invalid("grants", "%s:%s cannot be granted at level own: it is done to what is everybody's; want none or all", g.Type, g.Action)
	}
	return nil
}
