package crm_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/groundswell/groundswell/crm"
)

// card is one of 3.0 with these lines.
func card(lines ...string) string {
	return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + strings.Join(lines, "\r\n") + "\r\nEND:VCARD\r\n"
}

func TestReadCards(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		want    []string // what the cells hold, but for the last one
		refused string
	}{
		"OK4": {"BEGIN:VCARD\nVERSION:4.0\nFN:Anna Vogt\nN:Vogt;Anna;;;\nEMAIL;PREF=2;TYPE=home:a@home.example\nEMAIL;PREF=1;TYPE=work:anna@acme.example\n" +
			"TEL;VALUE=uri;TYPE=cell:tel:+49-30-1;ext=2\nORG:Acme;Sales\nTITLE:CTO\nADR;TYPE=work:;;Street 1;Ulm;;89073;DE\nURL:https://anna.example\nEND:VCARD\n",
			[]string{"Anna|Vogt||anna@acme.example|+49-30-1|Acme|CTO|Ulm|89073|DE|https://anna.example|"}, ""},
		"OK3":      {card("N:Vogt;Anna", "FN:Dr. Anna Vogt", "EMAIL;TYPE=INTERNET,HOME:a@home.example", "EMAIL;TYPE=WORK:a@work.example", "TEL;TYPE=FAX,WORK:1", "TEL;TYPE=WORK,VOICE:2"), []string{"Anna|Vogt|Dr. Anna Vogt|a@work.example|2|||||||"}, ""},
		"OK2":      {"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;\r\nTEL;CELL;PREF:+49 1\r\nTEL;WORK;VOICE:+49 2\r\nORG;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:B=E4cker=\r\nei S=FC=DF\r\nEND:VCARD\r\n", []string{"Jörg|Müller|||+49 1|Bäckerei Süß||||||"}, ""},
		"OKAgent":  {"BEGIN:VCARD\nVERSION:2.1\nN:Vogt;Anna\nAGENT:\nBEGIN:VCARD\nN:Other;Otto\nEND:VCARD\nEMAIL;INTERNET:a@x.example\nEND:VCARD\n", []string{"Anna|Vogt||a@x.example||||||||"}, ""},
		"OKFolded": {card("FN:Anna Vo", " gt", "ORG:Bäc", "\tker\\, Meier \\; Söhne;Ofen", "PHOTO;ENCODING=b;TYPE=JPEG:"+strings.Repeat("A", 200), " "+strings.Repeat("B", 200)), []string{"||Anna Vogt|||Bäcker, Meier ; Söhne||||||"}, ""},
		"OKEscaped": {card(`N:Sm\;ith;Anna\, Maria`, `TITLE:Head of\nSales`, `NOTE:secret`, `BDAY:1980-01-01`, `URL:http\://anna.example`),
			[]string{"Anna, Maria|Sm;ith|||||Head of Sales||||http://anna.example|"}, ""},
		"OKProfiles": {card("FN:Anna", "URL:https://www.linkedin.com/in/anna-v", "X-SOCIALPROFILE;TYPE=twitter;x-user=anna:x-apple:anna", "IMPP;X-SERVICE-TYPE=Skype:skype:anna", "item1.URL:https://acme.example",
			"SOCIALPROFILE;SERVICE-TYPE=Mastodon:https://social.example/@anna", "X-INSTAGRAM:anna.v", "URL:https://www.linkedin.com/company/acme"),
			[]string{"||Anna||||||||https://acme.example|https://www.linkedin.com/in/anna-v + https://x.com/anna + https://social.example/@anna + https://www.instagram.com/anna.v"}, ""},
		"OKSeveral":       {card("FN:A") + "\r\n\r\n" + card("FN:B"), []string{"||A|||||||||", "||B|||||||||"}, ""},
		"OKWindows":       {"BEGIN:VCARD\nFN:J\xf6rg\nEND:VCARD\n", []string{"||Jörg|||||||||"}, ""},
		"OKBOM":           {"\ufeff" + card("FN:A"), []string{"||A|||||||||"}, ""},
		"OKFoldedInARune": {"BEGIN:VCARD\nFN:J\xc3\n \xb6rg\nEND:VCARD\n", []string{"||Jörg|||||||||"}, ""},
		"ErrNoEnd":        {"BEGIN:VCARD\nFN:A\n" + card("FN:B"), []string{"||B|||||||||"}, "line 1: the card has no END:VCARD before the next one begins on line 3"},
		"ErrCutOff":       {card("FN:B") + "BEGIN:VCARD\nFN:A\n", []string{"||B|||||||||"}, "line 5: the card has no END:VCARD"},
		"ErrBetween":      {card("FN:B") + "and\nmore\n" + card("FN:C"), []string{"||B|||||||||", "||C|||||||||"}, "line 5: text stands outside a card"},
		"ErrCompany":      {card("FN:Acme", "ORG:Acme", "X-ABShowAs:COMPANY"), nil, "is the card of no person (KIND:org)"},
		"ErrGroup":        {card("FN:Friends", "KIND:group"), nil, "is the card of no person (KIND:group)"},
		"ErrCharset":      {"BEGIN:VCARD\nFN;CHARSET=klingon:A\nEND:VCARD\n", nil, `FN: is in the charset "klingon"`},
		"ErrQuoted":       {"BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE:A\x01B\nEND:VCARD\n", nil, "FN: is not quoted-printable"},
		"ErrLong":         {card("FN:A", "TITLE:"+strings.Repeat("x", 2<<20)) + card("FN:B"), []string{"||B|||||||||"}, "the card has more than 1048576 bytes"},
		"OKLongPhoto":     {card("FN:A", "PHOTO:"+strings.Repeat("x", 3<<20), " "+strings.Repeat("y", 3<<20)), []string{"||A|||||||||"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, rows, refused, err := crm.ReadNetwork(strings.NewReader(c.file))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				if r[len(r)-1] != "vcard" {
					t.Errorf("got %q, want a row of a card", r)
				}
				got = append(got, strings.ReplaceAll(strings.Join(r[:len(r)-2], "|")+"|"+strings.ReplaceAll(r[len(r)-2], " | ", " + "), "\n", " "))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if all := strings.Join(refused, "\n"); !strings.Contains(all, c.refused) || (c.refused == "") != (all == "") {
				t.Errorf("refused %q, want %q", all, c.refused)
			}
		})
	}
}

func TestReadConnections(t *testing.T) {
	const notes = "Notes:\r\n\"When exporting your connection data, you may notice that some of the email addresses are missing, or \"\"hidden\"\".\"\r\n\r\n"
	for name, c := range map[string]struct {
		file string
		want [][]string
	}{
		"OKNotes": {notes + "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\nAnna,Vogt,https://www.linkedin.com/in/anna-v,,\"Acme, Inc\",CTO,02 Jan 2024\r\n,,,,,,\r\n",
			[][]string{{"First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On"}, {"Anna", "Vogt", "https://www.linkedin.com/in/anna-v", "", "Acme, Inc", "CTO", "02 Jan 2024"}}},
		"OKNoNotes":    {"First Name,Last Name,Connected On\nAnna,Vogt,02 Jan 2024\n", [][]string{{"First Name", "Last Name", "Connected On"}, {"Anna", "Vogt", "02 Jan 2024"}}},
		"OKGerman":     {"Notizen:\n\nVorname;Nachname;E-Mail-Adresse;Unternehmen;Position;Vernetzt am\nAnna;Vogt;;Acme;CTO;02.01.2024\n", [][]string{{"Vorname", "Nachname", "E-Mail-Adresse", "Unternehmen", "Position", "Vernetzt am"}, {"Anna", "Vogt", "", "Acme", "CTO", "02.01.2024"}}},
		"OKSeparator":  {"sep=;\nVorname;Nachname\nAnna;Vogt\n", [][]string{{"Vorname", "Nachname"}, {"Anna", "Vogt"}}},
		"OKNoHeader":   {"a,b\nc,d\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"OKLateHeader": {strings.Repeat("note\n", 40) + "First Name,Last Name\n", append([][]string{{"note"}}, append(slicesOf("note", 39), []string{"First Name", "Last Name"})...)},
	} {
		t.Run(name, func(t *testing.T) {
			header, rows, refused, err := crm.ReadNetwork(strings.NewReader(c.file))
			if err != nil || len(refused) > 0 {
				t.Fatalf("refused %q, %v", refused, err)
			}
			if diff := cmp.Diff(c.want, append([][]string{header}, rows...)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func slicesOf(cell string, n int) (rows [][]string) {
	for range n {
		rows = append(rows, []string{cell})
	}
	return rows
}

// endless is a file of one line, or of lines, that is made while it is read.
func endless(part string, n int) io.Reader { return io.LimitReader(&repeated{part: part}, int64(n)) }

type repeated struct {
	part string
	at   int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		k := copy(p[n:], r.part[r.at:])
		n, r.at = n+k, (r.at+k)%len(r.part)
	}
	return n, nil
}

// Files that were made to hurt take neither memory nor time beyond their length.
func TestReadHostileFiles(t *testing.T) {
	const size = 100 << 20
	for name, c := range map[string]struct {
		file    io.Reader
		rows    int
		refused int
	}{
		"ALineInACard":    {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:"), endless("x", size), strings.NewReader("\nEND:VCARD\n")), 0, 1},
		"APhoto":          {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\nPHOTO:"), endless("x", size), strings.NewReader("\nEND:VCARD\n")), 1, 0},
		"AFoldedPhoto":    {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\nPHOTO:"), endless("\n "+strings.Repeat("x", 70), 20<<20), strings.NewReader("\nEND:VCARD\n")), 1, 0},
		"AFoldedName":     {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:"), endless("\n "+strings.Repeat("x", 70), 20<<20), strings.NewReader("\nEND:VCARD\n")), 0, 1},
		"ManyProperties":  {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\n"), endless("URL:https://a.example\n", 20<<20), strings.NewReader("\nEND:VCARD\n")), 0, 1},
		"NestedAgents":    {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\n"), endless("AGENT:\nBEGIN:VCARD\n", 20<<20)), 0, 1},
		"ARow":            {io.MultiReader(strings.NewReader("First Name,Last Name\n"), endless("x", size), strings.NewReader("\nA,B\n")), 1, 1},
		"NotesWithoutEnd": {io.MultiReader(strings.NewReader("Notes:\n"), endless("x", size), strings.NewReader("\nFirst Name,Last Name\n")), 1, 1},
		"Binary":          {io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:A\nEND:VCARD\n"), endless("\x00\xff\n\x1f", 20<<20)), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, rows, refused, err := crm.ReadNetwork(c.file)
			if err != nil || len(rows) != c.rows || len(refused) != c.refused {
				t.Errorf("got %d rows, refused %.300q, %v; want %d and %d", len(rows), refused, err, c.rows, c.refused)
			}
		})
	}
}

func FuzzReadNetwork(f *testing.F) {
	for _, s := range []string{card("N:Vogt;Anna", "FN:Anna Vogt"), "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=C3=\n=BC;\nEND:VCARD", "BEGIN:VCARD\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nX-SOCIALPROFILE;TYPE=x;x-user=\"a\":b\nEND:VCARD\n",
		"Notes:\n\"x\"\n\nFirst Name,Last Name,URL,Connected On\nA,B,https://x.com/a,02 Jan 2024\n", "begin:vcard\r\nitem1.ADR;TYPE=work;PREF=x:\\;;;;a\\\\;b\r\nend:vcard"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		header, rows, refused, err := crm.ReadNetwork(bytes.NewReader(data))
		if err != nil {
			return
		}
		if lines := bytes.Count(data, []byte("\n")) + 1; len(rows)+len(refused) > lines && !bytes.HasPrefix(data, []byte("\xff\xfe")) && !bytes.HasPrefix(data, []byte("\xfe\xff")) {
			t.Errorf("%d rows and %d refusals of %d lines", len(rows), len(refused), lines)
		}
		cards := len(header) > 0 && header[len(header)-1] == "File Kind" && bytes.HasPrefix(bytes.ToUpper(bytes.TrimSpace(data)), []byte("BEGIN:VCARD"))
		for _, r := range rows {
			if cards && (len(r) != len(header) || strings.ContainsAny(strings.Join(r, ""), "\n\r")) {
				t.Errorf("row %q under header %q", r, header)
			}
		}
	})
}
