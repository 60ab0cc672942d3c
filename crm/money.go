package crm

import (
	"strings"

	"github.com/Rhymond/go-money"
)

// Money is an amount in the minor unit of its currency (ISO 4217), such as cents.
type Money struct {
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
}

// maxAmount keeps sums and percentages of amounts within 64 bits.
const maxAmount = 1e15

// check refuses what is no amount of any currency. An empty currency stands for none said.
func (m *Money) check(field string) error {
	m.Currency = strings.ToUpper(strings.TrimSpace(m.Currency))
	switch {
	case m.Currency == "" && m.Amount == 0:
		return nil
	case m.Currency == "" || money.GetCurrency(m.Currency) == nil:
		return invalid(field, "%q is no currency: want a code of ISO 4217 such as EUR", m.Currency)
	case m.Amount > maxAmount || m.Amount < -maxAmount:
		return invalid(field, "is too large: at most %d minor units are kept", int64(maxAmount))
	}
	return nil
}

// String is the amount as people of the currency write it.
func (m Money) String() string {
	if m.Currency == "" {
		return ""
	}
	return money.New(m.Amount, m.Currency).Display()
}

// share is a part of the amount in basis points (1/10,000), rounded half away from zero.
func (m Money) share(basisPoints int64) Money {
	return Money{scale(m.Amount, basisPoints, allBasisPoints), m.Currency}
}
