package privacy

// Tables is every table of the database. The goose_db_version of the migrations is none of ours.
//
// Who works with Groundswell (users, and who did what) is the company's staff: their ids stay, since
// the audit log is worth nothing without them. An id that the application made up (a ULID) says
// nothing once the record it names is gone; the id of an author is a hash of what the network calls
// them, could be computed again, and goes.
var Tables = map[string]Table{
	// listening
	"authors": {Rows: by("id", Author), Fate: Delete,
		Person: "id network native_id handle name url bio location followers verified_links bot seen_at opened_at"},
	"posts": {Rows: by("author_id", Author), Fate: Delete,
		Person: "id network native_id author_id kind url posted_at edited_at engagement source received_at language fingerprint",
		Text:   "text thread reply_to share_of quote_of"},
	"mentions": {Rows: by("author_id", Author), Fate: Delete,
		Person: "post_id author_id posted_at reach language polarity score confidence intent intent_confidence model", Free: "monitor_id part"},
	"mention_changes": {Rows: by("post_id", Post), Fate: Delete, Person: "post_id"},
	"cell_authors": {Rows: by("author_id", Author), Fate: Delete,
		Person: "author_id hour posts negative positive", Free: "monitor_id"},
	"cells": {Free: "monitor_id minute part posts negative neutral positive unknown authors negative_authors positive_authors reach"},
	"corrections": {Rows: by("post_id", Post), Fate: Delete,
		Person: "id post_id fingerprint polarity intent polarity_before intent_before", Free: "monitor_id corrected_by corrected_at settled"},
	"corrected_mentions": {Rows: by("post_id", Post), Fate: Delete,
		Person: "post_id polarity score confidence intent intent_confidence", Free: "monitor_id correction_id"},
	"tombstones": {Free: "id at author in_log"}, // taken out by the network's own deletion
	"rescorings": {Free: "model started_at finished_at total seen changed posted_at post_id updated_at"},
	"monitors":   {Text: "name query", Free: "id kind enabled created_at updated_at version"},

	// connectors
	"source_cursors": {Free: "source cursor updated_at"},
	"source_gaps":    {Free: "id source from_time until_time reason"},

	// alerts
	"mention_alerts": {Rows: by("post_id", Post, "author_id", Author), Fate: Delete,
		Person: "post_id author_id reasons mention posted_at", Free: "monitor_id id rule_id created_at told_at told_with"},
	"deliveries": {Rows: by("incident_id", Alert), Fate: Delete, Person: "payload", Text: "payload error",
		Free: "id dedupe_key channel incident_id attempts next_at delivered_at failed_at created_at type route group_key subject wave phase retried_at severity step told_with dropped_at held"},
	"incidents": {Text: "reasons detail",
		Free: "id monitor_id kind state severity opened_at peak_at resolved_at acknowledged_at acknowledged_by updated_at version assignee silenced_until merged_into label labelled_at labelled_by"},
	"incident_entries": {Text: "value text", Free: "id incident_id at by_user action"},
	"detector_states":  {Text: "state", Free: "monitor_id minute replaces updated_at"},
	"mention_rules":    {Text: "name query", Free: "id monitor_id kind followers reach polarity most_per_hour enabled version created_at updated_at"},
	"alert_groups":     {Free: "channel group_key told_at"},
	"link_keys":        {Free: "id secret created_at"},

	// crm: people
	"contacts": {Rows: by("id", Contact), Fate: Delete,
		Person: "id external_id first_name last_name display_name email phone account_id company job_title city country url relationship postal_code fields created_at updated_at",
		Free:   "version name_key full_key display_key company_key email_key phone_key owner_id"},
	"deleted_contacts": {Free: "id deleted_at"},
	"contact_merges": {Rows: by("winner_id", Contact, "loser_id", Contact), Fate: Delete,
		Person: "winner_id loser_id external_id loser filled", Text: "reason", Free: "id merged_at merged_by unmerged_at unmerged_by"},
	"contact_moves": {Rows: by("contact_id", Contact, "merge_id", Merge), Fate: Delete,
		Person: "record_id contact_id before", Free: "merge_id table_name"},
	"contact_duplicates": {Rows: by("a_id", Contact, "b_id", Contact), Fate: Delete,
		Person: "a_id b_id probability evidence", Free: "model state found_at decided_by decided_at"},
	"social_profiles": {Rows: by("contact_id", Contact), Fate: Delete, Person: "id contact_id network native_id handle url created_at"},
	"links": {Rows: by("contact_id", Contact, "author_id", Author), Fate: Delete,
		Person: "author_id contact_id decision probability evidence basis explanation", Text: "reason", Free: "decided_by decided_at version model proposed rank"},
	"verifications": {Rows: by("contact_id", Contact, "author_id", Author), Fate: Delete,
		Person: "author_id contact_id method address state detail", Free: "id checked_at verified_at next_at failures"},
	"invitations": {Rows: by("contact_id", Contact, "author_id", Author), Fate: Delete,
		Person: "id contact_id state provider consent used_at author_id network native_id handle ended_at",
		Free:   "created_by created_at expires_at attempt verifier attempt_ends filed"},
	"consents": {Rows: by("contact_id", Contact, "author_id", Author), Fate: Delete,
		Person: "id contact_id author_id purpose basis source evidence given_at withdrawn_at withdrawal", Free: "recorded_by recorded_at withdrawn_by"},
	"acquaintances": {Rows: by("contact_id", Contact), Fate: Delete,
		Person: "id contact_id file_kind origin connected_on basis evidence created profiles at", Text: "origin evidence", Free: "user_id"},
	"touches": {Rows: by("contact_id", Contact, "author_id", Author), Fate: Delete, Person: "contact_id post_id author_id posted_at"},
	"leads": {Rows: by("id", Lead), Fate: Empty,
		Person: "external_id topic name company email post_id author_id open_key comment detail network handle phone job_title postal_code city need fields email_key phone_key name_key company_key rating",
		Text:   "topic comment need detail",
		Free: "id milestone source monitor_id version created_at updated_at rule owner_id state reason contact_id account_id campaign campaign_id industry country employees product time_frame" +
			" grade score trend priority rating_due",
		// Nobody can go on with an open one.
		Set: map[string]string{"open_key": "NULL", "fields": "'{}'", "rating": "'{}'", "rating_due": "0", "version": "version + 1",
			"milestone": "CASE WHEN state = 'open' THEN 'disqualified' ELSE milestone END", "state": "CASE WHEN state = 'open' THEN 'disqualified' ELSE state END",
			"reason": "CASE WHEN state = 'open' THEN 'other' ELSE reason END"}},
	"lead_visits": {Rows: by("lead_id", Lead), Fate: Empty, Person: "comment", Text: "comment",
		Free: "id lead_id milestone entered_at entered_by left_at reason due_at escalated_at escalations decision",
		Set:  map[string]string{"left_at": "CASE WHEN left_at = 0 THEN entered_at ELSE left_at END"}},
	"activities": {Rows: by("record_id", Case), Fate: Empty, Person: "subject body response_key", Text: "subject body",
		Free: "id version created_at updated_at kind record_type record_id owner_id process_id stage due_at done_at campaign_id response channel"}, // counted
	"audit": {Rows: by("record_id", Own, "about", Own, "author_id", Author), Fate: Empty,
		Person: "record_id author_id before after", Text: "before after reason", Free: "id event at actor action record_type about",
		// A link is named by its author and its contact.
		Set: map[string]string{"record_id": "CASE WHEN record_type = 'link' THEN '' ELSE record_id END"}},
	"record_territories": {Rows: by("record_id", Own), Only: typed, Fate: Delete, Person: "record_id reason", Free: "record_type territory_id rank"},
	"territory_queue":    {Rows: by("record_id", Own), Only: typed, Fate: Delete, Person: "record_id reason", Free: "record_type since"},
	"territory_pins": {Rows: by("record_id", Own), Only: typed, Fate: Delete, Person: "record_id", Text: "reason",
		Free: "record_type territory_id pinned_by pinned_at"},
	"shares": {Rows: by("record_id", Own), Fate: Empty, Person: "reason", Text: "reason",
		Free: "id record_type record_id subject_type subject_id writes shared_by shared_at revoked_by revoked_at"},
	"field_values":    {Rows: by("record_id", Own), Only: typed, Fate: Delete, Person: "value_key record_id", Free: "record_type name"},
	"search_entries":  {Rows: by("record_id", Own), Fate: Delete, Person: "record_id words", Free: "record_type position"},
	"search_progress": {Free: "record_type cursor"},
	"record_looks":    {Rows: by("record_id", Own), Fate: Delete, Person: "record_id", Free: "user_id record_type at before"},
	"participants":    {Free: "record_type record_id user_id since how"},

	"handover_records": {Rows: by("record_id", Own), Fate: Delete, Person: "record_id", Text: "note",
		Free: "handover_id record_type receiver_id why about state became"},

	// crm: companies, and cases with them. A company keeps its name, even one it has from somebody.
	"accounts": {Text: "fields", Free: "id external_id name name_key domain industry city country version created_at updated_at owner_id postal_code employees parent_id"},
	"record_merges": {Rows: by("winner_id", Lead, "loser_id", Lead), Fate: Delete, Person: "winner_id loser_id loser", Text: "loser filled reason",
		Free: "id record_type merged_at merged_by unmerged_at unmerged_by"},
	"record_moves": {Free: "merge_id table_name record_id"},
	"opportunities": {Rows: by("contact_id", Contact, "lead_id", Lead), Fate: Keep, Text: "name need odds_reason close_comment fields",
		Free: "id version created_at updated_at account_id contact_id lead_id campaign_id owner_id amount currency expected_close state forecast stage process_id process_version odds close_reason closed_at"},
	"stage_visits":   {Free: "id opportunity_id process_id stage entered_at entered_by left_at"},
	"side_processes": {Free: "opportunity_id process_id process_version stage version started_at finished_at"},
	"approvals":      {Text: "comment", Free: "id opportunity_id process_id stage role user_id given_at amount currency quotes"},
	"follows":        {Free: "opportunity_id user_id muted kinds"},
	"notices": {Rows: by("lead_id", Lead, "opportunity_id", Case), Only: map[string]string{"opportunity_id": "kind = 'activity'"}, // whose subject it bears
		Fate: Delete, Person: "lead_id", Text: "body", Free: "id user_id opportunity_id kind actor at seen_at send_at"},
	"notice_settings": {Free: "user_id version delivery hour time_zone updated_at"},
	"quotes": {Rows: by("opportunity_id", Opportunity), Fate: Keep, Text: "lines notes reason",
		Free: "id version created_at updated_at opportunity_id number revision state currency valid_until discount sent_at decided_at"},
	"orders": {Rows: by("contact_id", Contact, "opportunity_id", Opportunity), Fate: Keep, Text: "lines reason",
		Free: "id version created_at updated_at number quote_id opportunity_id account_id contact_id state currency discount ended_at"},
	"invoices": {Rows: by("opportunity_id", Opportunity), Fate: Keep, Text: "lines reason",
		Free: "id version created_at updated_at number order_id opportunity_id state currency discount due_at paid paid_at sums"},
	"payments": {Rows: by("invoice_id", Invoice), Fate: Keep, Text: "reference reason",
		Free: "id version created_at updated_at invoice_id amount currency paid_at method reverses"},
	"credit_entries": {Text: "note",
		Free: "id period basis event opportunity_id invoice_id line part overlay taker_type taker_id share amount currency rules correction at"},
	"credit_teams": {Free: "team_id entry_id"},

	// crm: campaigns
	"campaigns": {Text: "name name_key notes thanks fields",
		Free: "id version created_at updated_at kind status owner_id parent_id budget cost currency starts_at ends_at monitors hashtag seeks"},
	"campaign_monitors": {Free: "campaign_id monitor_id"},
	"campaign_hooks":    {Free: "campaign_id key secret opened_at opened_by"},
	"ideas": {Rows: by("post_id", Post, "author_id", Author), Fate: Empty,
		Person: "post_id author_id title reason posted_at likes shares replies", Text: "title reason",
		Free: "id version created_at updated_at campaign_id group_id kind status chosen_at thanked_at",
		Set:  map[string]string{"posted_at": "0", "likes": "0", "shares": "0", "replies": "0"}},
	"idea_support": {Rows: by("post_id", Post, "author_id", Author), Fate: Delete, Person: "post_id author_id kind against", Free: "idea_id"},
	"recommendations": {Rows: by("post_id", Post, "author_id", Author, "contact_id", Contact), Fate: Empty,
		Person: "post_id author_id note", Text: "note",
		Free: "id version created_at updated_at campaign_id contact_id lead_id task_id became state"},

	// crm: what other programs are told. It holds ids and names of fields, nothing of what they held.
	"crm_outbox": {Free: "position record_key message at"},
	"webhook_deliveries": {Text: "error",
		Free: "webhook_id id message_id type action record_id body state attempts next_at tried_at status duration_ms since"},
	"webhook_attempts": {Text: "error", Free: "webhook_id delivery_id id at status duration_ms"},

	// crm: what the company set up
	"webhooks":        {Free: "id version created_at updated_at name url host types actions state owner_id failing_since"},
	"webhook_secrets": {Free: "id webhook_id secret made_at ends_at"},
	"handovers": {Text: "reason problem",
		Free: "id version created_at updated_at user_id state disable made_by given_by given_at record_type cursor handled total seen_at scopes"},
	"credit_rules":      {Free: "version parts created_at created_by"},
	"credit_periods":    {Free: "period closed_at closed_by entries"},
	"goals":             {Free: "id version created_at updated_at subject_type subject_id metric period target currency"},
	"quote_templates":   {Free: "id version definition created_at created_by"},
	"products":          {Free: "id version created_at updated_at code name unit tax active"},
	"price_lists":       {Free: "id version created_at updated_at name currency valid_from valid_until prices"},
	"document_numbers":  {Free: "kind year last"},
	"dimensions":        {Free: "id version created_at updated_at name fields tree"},
	"territories":       {Free: "id version created_at updated_at name parent_id priority enabled criteria"},
	"territory_members": {Free: "territory_id member_type member_id"},
	"territory_drafts":  {Free: "id version created_at updated_at state territory based_on created_by"},
	"territory_jobs": {Text: "moves problem", // moves name examples of the records that go
		Free: "id kind draft_id state record_type cursor done total requested_by requested_at seen_at load"},
	"field_definitions": {Free: "id version created_at updated_at record_type name kind labels required once pattern minimum maximum choices reference_type position archived"},
	"processes":         {Free: "id version definition created_at created_by"},
	"lead_settings":     {Free: "kind version definition created_at created_by"},
	"lead_forms":        {Free: "id version created_at updated_at name key secret campaign product owner_id origins thanks active"},
	"ideal_profiles":    {Free: "id version created_at updated_at name active criteria"},
	"learned_models":    {Free: "id version created_at updated_at kind profile_id examples definition applied_by made_by"},
	"reasons":           {Free: "outcome code label active position unfit version"},
	"match_settings":    {Free: "id settings version updated_by updated_at"},
	"match_models":      {Text: "preview", Free: "id parameters labels created_by created_at active activated_at"},
	"imports":           {Text: "report problem evidence", Free: "id record_type file state dry_run all_or_nothing mapping basis size taken requested_by requested_at ended_at seen_at scopes"},
	"import_files":      {Free: "import_id part content"}, // gone when the import ends, which brings nobody back who is blocked
	"import_refusals":   {Text: "body", Free: "id import_id part"},
	"match_jobs":        {Text: "result", Free: "id kind state progress requested_by requested_at seen_at"},
	"roles":             {Free: "id version created_at updated_at label second_factor"},
	"role_grants":       {Free: "role record_type action level"},
	"role_masks":        {Free: "role record_type field hidden"},
	"user_roles":        {Free: "user_id role"},
	"units":             {Free: "id version created_at updated_at name parent_id manager_id"},
	"user_units":        {Free: "user_id unit_id"},
	"teams":             {Free: "id version created_at updated_at name manager_id"},
	"team_members":      {Free: "team_id user_id"},

	// privacy
	"erasures":        {Free: "id state person stage pass removed blocked reason problem requested_by requested_at approved_by approved_at finished_at seen_at"}, // person: while it runs
	"blocks":          {Free: "hash erasure_id at"},
	"retention_rules": {Free: "record_type days updated_by updated_at version"},
	"retention_runs":  {Free: "id applies state rules stage cursor expected removed problem requested_by requested_at finished_at seen_at"},
	"block_keys":      {Free: "id secret"},

	// web: staff
	"users":          {Free: "id name email password_hash created_at disabled version"},
	"password_links": {Free: "hash user_id made_by made_at expires_at"},
	"sessions":       {Free: "token data expiry id user_id began_at used_at address agent"},
	"tokens":         {Free: "id user_id name hash created_at expires_at scopes used_at"},
	"second_factors": {Free: "user_id secret created_at confirmed_at last_step"},
	"recovery_codes": {Free: "user_id hash used_at"},
	"identities":     {Free: "issuer subject user_id linked_at used_at"},
	"sign_ins":       {Free: "id at event user_id actor method second_factor refused detail address agent"},
}

// typed leads to an index that begins with the type: these are all that an id of Own may have.
var typed = map[string]string{"record_id": "record_type IN ('contact', 'lead', 'social_profile', 'merge', 'activity', 'opportunity')"}

// by names the columns that make a row a person's: pairs of a column and a kind of id.
func by(pairs ...any) map[string]Kind {
	rows := make(map[string]Kind, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		rows[pairs[i].(string)] = pairs[i+1].(Kind)
	}
	return rows
}
