package sentiment

import "strings"

// Emoticons by what they say, the longest first where one begins another.
var emoticons = []struct{ word, forms string }{
	{"<happy>", ":-)) :-) :)) :) :] :-] =) =] (: (-: :o) :-} :} ^_^ ^^ \\o/ c:"},
	{"<laugh>", ":-D :D =D xDD xD XD X-D x-D 8-D ;D ;-D :-)))"},
	{"<wink>", ";-) ;) ;] ;-]"},
	{"<love>", "<33 <3 *-* *_* *.* :-* :* :-x"},
	{"<tongue>", ":-P :P :-p :p ;P ;-P ;p =P xP"},
	{"<sad>", ":-(( :-( :(( :( :[ :-[ =( =[ :c"},
	{"<cry>", ":'-( :'( ;( ;-( T_T T.T ;_; QQ"},
	{"<angry>", ">:-( >:( >:[ >.< >_< :-@ :@ D:"},
	{"<wry>", ":-/ :/ :-\\ :\\ =/ =\\ :-| :| -_- -.- -__- :-S :S :s <.< >.> o.O O.o o_O O_o oO Oo"},
}

// emoticonsBy has the forms by their first byte, the longest first.
var emoticonsBy = func() (by [128][][2]string) {
	for _, e := range emoticons {
		for form := range strings.FieldsSeq(e.forms) {
			list := &by[form[0]]
			at := 0
			for at < len(*list) && len((*list)[at][0]) >= len(form) {
				at++
			}
			*list = append((*list)[:at], append([][2]string{{form, e.word}}, (*list)[at:]...)...)
		}
	}
	return by
}()

// longestWhole is the length of the longest emoticon that begins with a letter.
const longestWhole = 3

// emoticon finds the emoticon that a field begins with: its length and its word. One of letters
// must be the whole field.
func emoticon(field string, whole bool) (int, string) {
	if field[0] >= 128 || len(emoticonsBy[field[0]]) == 0 || whole && len(field) > longestWhole {
		return 0, ""
	}
	return emoticonOf(emoticonsBy[field[0]], field, whole)
}

// emoticonOf looks for one of those that begin as the field does.
func emoticonOf(forms [][2]string, field string, whole bool) (int, string) {
	for _, e := range forms {
		form := e[0]
		if !strings.HasPrefix(field, form) || whole && len(field) != len(form) {
			continue
		}
		if end := form[len(form)-1]; len(field) > len(form) && letter(rune(end)) && letter(rune(field[len(form)])) {
			continue // ":prima" is no tongue
		}
		if len(field) > len(form) && (form == ":/" || form == "=/") && field[len(form)] == '/' {
			continue // an address
		}
		return len(form), e[1]
	}
	return 0, ""
}
