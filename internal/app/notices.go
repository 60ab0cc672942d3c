package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/groundswell/groundswell/alerts"
	"github.com/groundswell/groundswell/alerts/notify"
	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
	"github.com/groundswell/groundswell/web"
)

const (
	noticeBatch = 500 // notices that one transaction takes to be sent
	noticeLines = 50  // that one message tells; of the others it says how many there are
)

// channels are those of the configuration, and the one of notices to users where there is a mail server.
func (a *App) channels() map[string]notify.Notifier {
	all := maps.Clone(a.routing.Channels)
	if personal, ok := notify.Personal(all[a.Config.MailChannel()]); ok {
		all[alerts.NoticeChannel] = personal
	}
	return all
}

// sendNotices puts into the outbox what users have chosen to be sent, one message a person.
func (a *App) sendNotices(ctx context.Context) error {
	for {
		more := false
		err := a.DB.Update(ctx, func(tx *sqldb.Tx) error {
			due, rest, err := crm.TakeDueNotices(ctx, tx, a.Now(), noticeBatch)
			more = rest
			if err != nil || a.Config.MailChannel() == "" {
				return err
			}
			for _, d := range due {
				if err := a.postNotices(ctx, tx, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || !more {
			return err
		}
	}
}

// postNotices puts what goes to one person into the outbox; nothing where they have no address.
func (a *App) postNotices(ctx context.Context, tx *sqldb.Tx, d crm.DueNotices) error {
	to, err := web.RecipientOf(ctx, tx, d.UserID)
	if errors.Is(err, web.ErrNoUser) || err == nil && (to.Address == "" || to.Disabled) {
		return nil
	}
	if err != nil {
		return err
	}
	n := notify.Notification{Key: "notices/" + d.IDs[0], Type: notify.TypeNotice, At: a.Now(), Reasons: []string{},
		Language: a.routing.Routes.Language(), Notice: &notify.Notice{To: d.UserID, Name: to.Name, IDs: d.IDs}}
	return alerts.Post(ctx, tx, n, alerts.NoticeChannel, time.Now())
}

// postLate puts into the outbox what a channel is told of a lead that waits.
func (a *App) postLate(ctx context.Context, tx *sqldb.Tx, channel string, late crm.LateLead) (bool, error) {
	if notifier, ok := a.routing.Channels[channel]; !ok || !notify.TakesDigests(notifier) {
		return false, nil
	}
	n := notify.Notification{Key: fmt.Sprintf("lead/%s/%d", late.VisitID, late.Step), Type: notify.TypeNotice, At: a.Now(), Reasons: []string{},
		Language: a.routing.Routes.Language(), Notice: &notify.Notice{Lead: late.LeadID, Visit: late.VisitID, Step: late.Step}}
	return true, alerts.Post(ctx, tx, n, channel, time.Now())
}

// say puts the words into a notice that is being sent.
func (a *App) say(ctx context.Context, n *notify.Notification) error {
	if n.Notice.To != "" {
		return a.sayNotices(ctx, n)
	}
	return a.sayLate(ctx, n)
}

// sayLate says of a lead that it waits, as long as it does.
func (a *App) sayLate(ctx context.Context, n *notify.Notification) error {
	name, waited, err := crm.LateLead{LeadID: n.Notice.Lead, VisitID: n.Notice.Visit, Step: n.Notice.Step}.Say(ctx, a.DB)
	if errors.Is(err, crm.ErrNotFound) {
		return &alerts.Moot{Reason: "the lead has gone on, or is not there any more"}
	}
	if err != nil {
		return err
	}
	n.Notice.Title = name + " " + waited
	n.Notice.Lines = []notify.NoticeLine{{About: name, Text: waited, At: n.At}}
	n.URL = a.page("/leads/" + n.Notice.Lead)
	return nil
}

// sayNotices says what somebody was told and has not seen, as far as they may read it at this moment.
func (a *App) sayNotices(ctx context.Context, n *notify.Notification) error {
	to, err := web.RecipientOf(ctx, a.DB, n.Notice.To)
	switch {
	case errors.Is(err, web.ErrNoUser) || err == nil && to.Disabled:
		return &alerts.Moot{Reason: "the user is kept out"}
	case err == nil && to.Address == "":
		return &alerts.Moot{Reason: "the user has no address any more"}
	case err != nil:
		return err
	}
	told, zone, err := web.UnseenOf(ctx, a.DB, n.Notice.To, n.Notice.IDs)
	if err != nil {
		return err
	}
	if len(told) == 0 {
		return &alerts.Moot{Reason: "all of it was seen on the page, or cannot be read any more"}
	}
	n.Zone = zone
	n.Notice.Address, n.Notice.Settings, n.URL = to.Address, a.page("/me#notices"), a.page("/notices")
	n.Notice.More = max(0, len(told)-noticeLines)
	for _, t := range told[:len(told)-n.Notice.More] {
		line := notify.NoticeLine{About: t.Case, Text: t.Text, By: t.Actor, At: t.At}
		switch {
		case t.OpportunityID != "":
			line.URL = a.page("/opportunities/" + t.OpportunityID)
		case t.LeadID != "":
			line.URL = a.page("/leads/" + t.LeadID)
		}
		n.Notice.Lines = append(n.Notice.Lines, line)
	}
	first := n.Notice.Lines[0]
	n.Notice.Title = strings.TrimLeft(first.About+": "+first.Text, ": ")
	return nil
}

// page is the address of a page; empty when nobody knows where the pages are.
func (a *App) page(path string) string {
	if a.Config.Web.URL == "" {
		return ""
	}
	return strings.TrimRight(a.Config.Web.URL, "/") + path
}
