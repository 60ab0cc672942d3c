package matcher

import "hash/maphash"

// Kinds of keys that contacts stand under.
const (
	keyID           = iota + 1
	keyNative       // network and account id
	keyHandle       // network and handle
	keyPage         // a page of theirs: own or profile
	keyHost         // host of the own page
	keyFull         // surname and given name
	keySurname      // surname
	keyInitial      // surname and initial
	keyPlace        // surname, initial and city
	keyCompany      // surname and company
	keyGivenCompany // given name and company
	keySite         // surname and the company's domain
	keyGivenSite    // given name and the company's domain
	keySound        // sound of surname and given name
	keyMail         // keyed hash of the e-mail address
	keySkeleton     // keyed hash of a handle or local part without signs
	keyDeletion     // surname with one letter left out; leads to words, not to contacts
)

// key is a hash. What stands under it may be something else and has to be compared.
func key(kind int, a, b, c uint64) uint32 {
	h := uint64(kind)*0x9e3779b97f4a7c15 + a*0xbf58476d1ce4e5b9 ^ (b+0x94d049bb133111eb)*0xff51afd7ed558ccd ^ (c+1)*0xc4ceb9fe1a85ec53
	h ^= h >> 29
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 32
	return uint32(h)
}

func textKey(kind int, network, text string) uint32 {
	return key(kind, maphash.String(seed, network), maphash.String(seed, text), 0)
}

func nameKey(kind int, a, b uint32) uint32 { return key(kind, uint64(a), uint64(b), 0) }

func placeKey(last uint32, initial byte, city uint32) uint32 {
	return key(keyPlace, uint64(last), uint64(initial), uint64(city))
}

func soundKey(last, first string) (uint32, bool) {
	a, b := koelner(last), koelner(first)
	return key(keySound, a, b, 0), a > 9 && b != 0
}

// keys are all the keys of a contact; c holds what packRest keeps of it. One may come twice.
func (x *Index) keysOf(r *record, c *Contact, yield func(uint32)) {
	yield(textKey(keyID, "", c.ID))
	for i := range c.Profiles {
		profileKeys(&c.Profiles[i], yield)
	}
	if page, ok := readPage(c.URL); ok {
		yield(textKey(keyPage, "", page.text))
		yield(textKey(keyHost, "", page.host))
	}
	if r.mail != 0 {
		yield(key(keyMail, uint64(r.mail), 0, 0))
	}
	if r.local != 0 {
		yield(key(keySkeleton, uint64(r.local), 0, 0))
	}
	x.nameKeys(r, yield)
}

func profileKeys(p *Profile, yield func(uint32)) {
	if id := foldNative(p.Network, p.NativeID); id != "" {
		yield(textKey(keyNative, p.Network, id))
	}
	if h := foldHandle(p.Network, p.Handle, p.URL); h != "" {
		yield(textKey(keyHandle, p.Network, h))
	}
	if page, ok := readPage(p.URL); ok {
		yield(textKey(keyPage, "", page.text))
	}
	if h := skeletonHash(skeleton(p.Handle)); h != 0 {
		yield(key(keySkeleton, uint64(h), 0, 0))
	}
}

func (x *Index) nameKeys(r *record, yield func(uint32)) {
	x.eachWord(r.firstKey, func(first uint32) {
		if r.companyKey != 0 {
			yield(nameKey(keyGivenCompany, first, r.companyKey))
		}
		if r.hostKey != 0 {
			yield(nameKey(keyGivenSite, first, r.hostKey))
		}
	})
	initial := byte(0)
	if first := x.words.at(r.firstKey); first != "" {
		initial = first[0]
	}
	x.eachWord(r.lastKey, func(last uint32) {
		yield(nameKey(keySurname, last, 0))
		if initial != 0 {
			yield(nameKey(keyInitial, last, uint32(initial)))
			if r.cityKey != 0 {
				yield(placeKey(last, initial, r.cityKey))
			}
		}
		if r.companyKey != 0 {
			yield(nameKey(keyCompany, last, r.companyKey))
		}
		if r.hostKey != 0 {
			yield(nameKey(keySite, last, r.hostKey))
		}
		x.eachWord(r.firstKey, func(first uint32) {
			yield(nameKey(keyFull, last, first))
			if sound, ok := soundKey(x.words.at(last), x.words.at(first)); ok {
				yield(sound)
			}
		})
	})
}
