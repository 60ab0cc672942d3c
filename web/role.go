package web

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/groundswell/groundswell/crm"
	"github.com/groundswell/groundswell/internal/sqldb"
)

type (
	roleInput struct {
		Name string `path:"name" maxLength:"50"`
	}
	saveRoleInput struct {
		Expectation
		Name string `path:"name" maxLength:"50"`
		Body struct {
			Label  string      `json:"label" maxLength:"200"`
			Grants []crm.Grant `json:"grants,omitempty" maxItems:"500" doc:"All it grants; left out: as it is. GET /access/types lists types, actions and levels; type and action may be *."`
			Masks  []crm.Mask  `json:"masks,omitempty" maxItems:"500" doc:"Fields that it takes; left out: as they are."`
			Factor *bool       `json:"second_factor,omitempty" doc:"Demands a second factor of its people: without, they get into nothing. Left out: as it is."`
		}
	}
	setRolesInput struct {
		IDInput
		Expectation
		Body struct {
			Roles []string `json:"roles" nullable:"false" maxItems:"50"`
		}
	}
)

func (s *Server) roleRoutes() {
	operate(s, needs(crm.ToRead, crm.RecordRole), getting("roles", "list-roles", "/roles", "List roles with what they grant"), s.listRoles)
	operate(s, needs(crm.ToUpdate, crm.RecordRole), doing("roles", "save-role", http.MethodPut, "/roles/{name}", "Make a role, or change what it is called and what it grants"), s.saveRole)
	operate(s, needs(crm.ToDelete, crm.RecordRole), doing("roles", "delete-role", http.MethodDelete, "/roles/{name}", "Delete a role that nobody has"), s.deleteRole)
	operate(s, needs(crm.ToUpdate, crm.RecordUser), doing("roles", "set-roles", http.MethodPut, "/users/{id}/roles", "Give a user exactly these roles"), s.setRoles)
	operate(s, needs(crm.ToRead, crm.RecordRole), getting("access", "list-access-types", "/access/types", "List what roles can grant access to"), s.listAccessTypes)
}

func (s *Server) listRoles(ctx context.Context, _ *struct{}) (*one[Page[crm.Role]], error) {
	roles, err := crm.Roles(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return page(roles, ""), nil
}

func (s *Server) listAccessTypes(context.Context, *struct{}) (*one[Page[crm.GovernedType]], error) {
	return page(crm.GovernedTypes(), ""), nil
}

func (s *Server) saveRole(ctx context.Context, in *saveRoleInput) (out *versioned[crm.Role], err error) {
	expected, err := in.version()
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(ctx, func(tx *sqldb.Tx) error {
		r := crm.Role{Name: in.Name, Label: in.Body.Label, Grants: in.Body.Grants, Masks: in.Body.Masks, Version: expected}
		if r.SecondFactor, err = demandsFactor(ctx, tx, in); err != nil {
			return err
		}
		r, err = crm.SaveRole(ctx, tx, s.change(ctx, ""), r)
		r.Grants, r.Masks = orEmpty(r.Grants), orEmpty(r.Masks)
		out = &versioned[crm.Role]{etag(r.Version), r}
		return err
	})
	return out, changed(err, crm.ErrConflict, expected)
}

// demandsFactor is what a role is to demand: what is asked for, or what it does.
func demandsFactor(ctx context.Context, tx *sqldb.Tx, in *saveRoleInput) (bool, error) {
	if in.Body.Factor != nil {
		return *in.Body.Factor, nil
	}
	roles, err := crm.Roles(ctx, tx)
	return slices.ContainsFunc(roles, func(r crm.Role) bool { return r.Name == in.Name && r.SecondFactor }), err
}

func (s *Server) deleteRole(ctx context.Context, in *roleInput) (*struct{}, error) {
	return nil, s.DB.Update(ctx, func(tx *sqldb.Tx) error { return crm.DeleteRole(ctx, tx, s.change(ctx, ""), in.Name) })
}

func (s *Server) setRoles(ctx context.Context, in *setRolesInput) (*versioned[Page[string]], error) {
	tag, err := s.changeUser(ctx, in.ID, in.Expectation, func(tx *sqldb.Tx) error {
		return crm.SetRoles(ctx, tx, s.change(ctx, ""), in.ID, in.Body.Roles)
	})
	return &versioned[Page[string]]{tag, page(in.Body.Roles, "").Body}, err
}

func userExists(ctx context.Context, q sqldb.Querier, id string) error {
	_, err := findUser(ctx, q, "id", id)
	if errors.Is(err, ErrNoUser) {
		return faultf(kindNotFound, "there is no user %s", id)
	}
	return err
}
