package sentiment_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/groundswell/groundswell/post"
	"github.com/groundswell/groundswell/sentiment"
)

func languageModel(t testing.TB) *sentiment.LanguageModel {
	t.Helper()
	data, err := os.ReadFile("models/language.bin")
	if err != nil {
		t.Fatal(err)
	}
	m, err := sentiment.ReadLanguageModel(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestIdentify(t *testing.T) {
	m := languageModel(t)
	for name, test := range map[string]struct{ text, claimed, want string }{
		"OKEnglish":              {"My new bike arrived and it's already making funny noises", "", "en"},
		"OKEnglishShort":         {"still waiting for my refund", "", "en"},
		"OKGerman":               {"Mein neues Rad ist da und macht schon komische Geräusche", "", "de"},
		"OKGermanShort":          {"warte immer noch auf mein Geld", "", "de"},
		"OKGermanWithoutUmlauts": {"Die Lieferung kommt wohl naechste Woche, schoene Gruesse", "", "de"},
		"OKGermanEnglishWords":   {"Das Update vom Service Team ist mega cool geworden", "", "de"},
		"OKGermanHashtags":       {"#endlich #wieder #daheim #und #so #müde", "", "de"},
		"OKShouting":             {"WARUM GEHT DENN DAS SCHON WIEDER NICHT", "", "de"},
		"OKWide":                 {"ｔｈｉｓ ｉｓ ｔｈｅ ｗｏｒｓｔ ｐｈｏｎｅ ｅｖｅｒ", "", "en"},
		"OKMathematical":         {"𝗧𝗵𝗶𝘀 𝗶𝘀 𝘁𝗵𝗲 𝘄𝗼𝗿𝘀𝘁 𝗽𝗵𝗼𝗻𝗲 𝗲𝘃𝗲𝗿", "", "en"},
		"OKElongated":            {"sooooooo haaaaappy with thisssss one", "", "en"},
		"OKFrench":               {"Toujours pas de nouvelles de ma commande, c'est incroyable", "", "fr"},
		"OKSpanish":              {"Todavía estoy esperando que me contesten", "", "es"},
		"OKItalian":              {"Non funziona niente, sono davvero arrabbiato", "", "it"},
		"OKPortuguese":           {"Ainda não recebi a minha encomenda, que vergonha", "", "pt"},
		"OKArabic":               {"هذا المنتج رائع جدا", "", "ar"},
		"OKPersianClaimed":       {"این محصول خیلی خوب است", "fa", "fa"},
		"OKPersian":              {"گوشی من پنج روز است که کار نمی\u200cکند", "", "other"},
		"OKHindi":                {"यह फ़ोन बहुत अच्छा है", "", "hi"},
		"OKHindiRomanised":       {"yaar ye phone bahut accha hai, sab log le rahe hain", "", "hi"},
		"OKMarathiClaimed":       {"हा फोन खूप छान आहे", "mr", "mr"},
		"OKRussian":              {"Это лучший телефон, который у меня был", "", "other"},
		"OKRussianClaimed":       {"Это лучший телефон, который у меня был", "ru", "ru"},
		"OKJapanese":             {"このスマホは最高です", "", "other"},
		"OKDutch":                {"Ik wacht nog steeds op mijn bestelling, wat een waardeloze klantenservice", "", "other"},
		"OKSwedish":              {"Jag väntar fortfarande på mina pengar, så dåligt", "", "other"},
		"OKDanish":               {"Jeg venter stadig på mine penge, det er simpelthen for dårligt", "", "other"},
		"OKNorwegian":            {"Jeg har ventet i to uker og får ikke noe svar fra dere", "", "other"},
		"OKTurkish":              {"Siparişim hala gelmedi, kimse telefona bakmıyor", "", "other"},
		"OKPolish":               {"Nadal czekam na zwrot pieniędzy, nikt nie odpowiada", "", "other"},
		"OKIndonesian":           {"Barang saya belum sampai juga, pelayanannya buruk sekali", "", "other"},
		"OKFinnish":              {"Odotan edelleen rahojani eikä kukaan vastaa", "", "other"},
		"OKCzech":                {"Pořád čekám na vrácení peněz a nikdo neodpovídá", "", "other"},
		"OKRomanian":             {"Încă aștept banii înapoi și nimeni nu răspunde", "", "other"},
		"OKHungarian":            {"Még mindig várok a pénzemre, senki sem válaszol", "", "other"},
		"OKTagalog":              {"Hindi pa rin dumarating ang order ko, ang tagal naman", "", "other"},
		"OKVietnamese":           {"Tôi vẫn đang chờ hoàn tiền mà không ai trả lời", "", "other"},
		"OKDutchClaimed":         {"Ik wacht nog steeds op mijn bestelling, wat een waardeloze klantenservice", "nl", "nl"},
		"OKClaimDecides":         {"super", "de", "de"},
		"OKClaimOverruled":       {"Toujours pas de nouvelles de ma commande, c'est incroyable", "en", "fr"},
		"OKClaimRegion":          {"ok", "en-GB", "en"},
		"OKClaimUseless":         {"Warum antwortet denn da niemand?", "und", "de"},
		"OKClaimHostile":         {"Warum antwortet denn da niemand?", "../../etc", "de"},
		"OKEmoji":                {"😀😀😀", "", "und"},
		"OKEmojiClaimed":         {"😀😀😀", "de", "de"},
		"OKEmpty":                {"", "", "und"},
		"OKNoWords":              {"@anna https://example.com/wo-ist-mein-paket #Fail 12:30 &amp;", "", "und"},
		"OKTooShort":             {"ok", "", "und"},
		"OKMixed":                {"Das ist doch wirklich nicht zu fassen, was ihr da macht. I really cannot believe what they have been doing all this time.", "", "und"},
		"OKTwoScripts":           {"hello мир", "", "und"},
		"OKInvalid":              {"\xff\xfeWarum antwortet denn da \x80niemand?\xc3", "", "de"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := m.Identify(test.text, test.claimed); got != test.want {
				t.Errorf("language of %q, claimed %q: got %s, want %s", test.text, test.claimed, got, test.want)
			}
		})
	}
}

// What carries no language changes nothing.
func TestIdentifyIgnores(t *testing.T) {
	m := languageModel(t)
	noise := []string{"https://example.com/the-best-phone-of-the-year", "www.example.com/hallo-und-willkommen", "@thebestphoneever", "#bestphoneintheworld", "😀😡", "&amp;", "12,50 €", "\\u2019"}
	for text, want := range map[string]string{"Warum antwortet denn da niemand?": "de", "why does nobody answer": "en", "pourquoi personne ne répond": "fr"} {
		for _, n := range noise {
			for _, with := range []string{n + " " + text, text + " " + n} {
				if got := m.Identify(with, ""); got != want {
					t.Errorf("language of %q: got %s, want %s", with, got, want)
				}
			}
		}
	}
}

func languageExamples() []sentiment.Example {
	var all []sentiment.Example
	for code, texts := range map[string][]string{
		"de": {"das ist nicht gut", "ich bin der neue"}, "en": {"this is not good", "i am the new one"}, "es": {"esto no es bueno", "yo soy el nuevo"},
		"fr": {"ce n'est pas bon", "je suis le nouveau"}, "hi": {"yeh accha nahi hai", "main naya hoon"}, "it": {"questo non è buono", "sono quello nuovo"},
		"pt": {"isto não é bom", "eu sou o novo"}, "nl": {"dit is niet goed", "ik ben de nieuwe"}, "sv": {"det här är inte bra", "jag är den nya"},
		"tr": {"bu iyi değil", "ben yeniyim"}, "pl": {"to nie jest dobre", "jestem nowy"}, "id": {"ini tidak baik", "saya yang baru"},
		"ro": {"asta nu e bine", "eu sunt cel nou"}, "fi": {"tämä ei ole hyvä", "olen uusi"}, "lt": {"tai nėra gerai", "aš naujas"}, "vi": {"cái này không tốt", "tôi là người mới"},
	} {
		for _, text := range texts {
			all = append(all, sentiment.Example{Class: code, Text: text})
		}
	}
	return all
}

func trainLanguage(t testing.TB) *sentiment.LanguageModel {
	t.Helper()
	examples := languageExamples()
	sortExamples(examples)
	m, err := sentiment.TrainLanguage(examples, sentiment.LanguageTraining{Bits: 10, Epochs: 10, Rate: 0.1, Seed: 3, Sources: []string{"a test"}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTrainLanguage(t *testing.T) {
	first, second := trainLanguage(t), trainLanguage(t)
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same training gave other bytes")
	}
	back, err := sentiment.ReadLanguageModel(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), back.Bytes()) {
		t.Error("what was read is not what was written")
	}
	right := 0
	for code, score := range back.Score(languageExamples()) {
		right += score.Right
		if score.Texts != 2 {
			t.Errorf("%s: %d texts scored, want 2", code, score.Texts)
		}
	}
	if right < 30 {
		t.Errorf("%d of 32 texts it was trained on are right", right)
	}
	for name, examples := range map[string][]sentiment.Example{
		"ErrNoTexts": nil, "ErrOneLanguage": {{Class: "de", Text: "das ist gut"}}, "ErrNoCode": append(languageExamples(), sentiment.Example{Class: "German", Text: "gut"}),
	} {
		if _, err := sentiment.TrainLanguage(examples, sentiment.LanguageTraining{Bits: 4, Epochs: 1}); err == nil {
			t.Errorf("%s: want an error", name)
		}
	}
	if _, err := sentiment.TrainLanguage(languageExamples(), sentiment.LanguageTraining{Bits: 40, Epochs: 1}); err == nil {
		t.Error("40 bits: want an error")
	}
}

func TestReadLanguageModelErrors(t *testing.T) {
	good := trainLanguage(t).Bytes()
	damaged := bytes.Clone(good)
	damaged[len(damaged)/2] ^= 1
	for name, data := range map[string][]byte{
		"ErrEmpty": nil, "ErrForeign": []byte("\x7fELF and something else entirely"), "ErrCut": good[:len(good)-9], "ErrDamaged": damaged,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := sentiment.ReadLanguageModel(data); err == nil || !strings.Contains(err.Error(), "groundswell train language") {
				t.Errorf("got %v, want an error with its remedy", err)
			}
		})
	}
}

func FuzzReadLanguageModel(f *testing.F) {
	f.Add(trainLanguage(f).Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := sentiment.ReadLanguageModel(data); err == nil {
			m.Identify("any text will do here", "")
		}
	})
}

func FuzzIdentify(f *testing.F) {
	for _, s := range []string{"", "hello there", "I don’t :( 😀", "\xff\x00", "@a #b https://c.d", "&#x1F600;", "\\u20", "żółw", "הלו", strings.Repeat("a’", 3000)} {
		f.Add(s, "de")
	}
	m := languageModel(f)
	f.Fuzz(func(t *testing.T, text, claimed string) {
		got := m.Identify(text, claimed)
		if len(got) < 2 || got != m.Identify(text, claimed) {
			t.Fatalf("language of %q, claimed %q: %q", text, claimed, got)
		}
	})
}

// Each text costs about as much as an ordinary post, however long it is.
func TestIdentifyIsBounded(t *testing.T) {
	m := languageModel(t)
	for name, text := range map[string]string{
		"one word": strings.Repeat("abcdefg", 150_000), "emoji": strings.Repeat("😀😡", 125_000), "invalid": strings.Repeat("\xff\xfe", 500_000),
		"at signs": strings.Repeat("@", 1_000_000), "entities": strings.Repeat("&", 1_000_000), "escapes": strings.Repeat("\\u", 500_000),
		"addresses": strings.Repeat("http://a ", 100_000), "apostrophes": strings.Repeat("’", 300_000), "right to left": strings.Repeat("שלום ", 100_000),
	} {
		if n := testing.AllocsPerRun(2, func() { m.Identify(text, "") }); n != 0 {
			t.Errorf("%s: %.0f allocations, want none", name, n)
		}
	}
}

func TestPolarityOfOtherLanguagesIsUnknown(t *testing.T) {
	s := scorer(t)
	for _, text := range []string{"Ik haat dit, het is echt het slechtste ooit", "Jag hatar det här, det är det sämsta", "Bu çok kötü, nefret ediyorum", "C'est horrible"} {
		if r := s.Read(text, ""); r.Polarity != post.Unknown || r.Score != 0 || r.Intent != post.IntentNone {
			t.Errorf("reading of %q: %+v", text, r)
		}
	}
}

func BenchmarkIdentify(b *testing.B) {
	m := languageModel(b)
	texts := []string{
		"Just got the new one and I have to say the screen is great, but the battery could be better. Still happy :) @acme #new https://example.com/x",
		"Gerade den neuen bekommen, und ich muss sagen: der Bildschirm ist toll, aber der Akku könnte besser sein. Trotzdem zufrieden :) @acme #neu",
		"Je viens de recevoir le nouveau et je dois dire que l'écran est superbe, mais la batterie pourrait être meilleure @acme #nouveau",
		"still waiting for my refund",
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		m.Identify(texts[i%len(texts)], "")
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

func sortExamples(examples []sentiment.Example) {
	slices.SortFunc(examples, func(a, b sentiment.Example) int { return strings.Compare(a.Class+a.Text, b.Class+b.Text) })
}
