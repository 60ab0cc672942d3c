package crm

import (
	"context"
	"fmt"

	"github.com/groundswell/groundswell/internal/sqldb"
)

// StillActive refuses to go on in the background for somebody who was disabled since they had it
// begun. Jobs ask it before each batch; what they did until then stays.
func StillActive(ctx context.Context, q sqldb.Querier, userID string) error {
	names, err := sqldb.Strings(ctx, q, "SELECT name FROM users WHERE id = $1 AND disabled", userID)
	if err != nil {
		return fmt.Errorf("load user %s: %w", userID, err)
	}
	if len(names) > 0 {
		return invalid("requested_by", "%s was disabled: what was done until then stays, and whoever takes it over begins it again", names[0])
	}
	return nil
}
