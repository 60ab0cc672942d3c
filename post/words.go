package post

// Polarity is the direction of a post's sentiment.
type Polarity string

// The polarities.
const (
	Negative Polarity = "negative"
	Neutral  Polarity = "neutral"
	Positive Polarity = "positive"
	Unknown  Polarity = "unknown" // the language is not supported; polarity is never guessed
)

// Intent is what an author wants.
type Intent string

// The intents.
const (
	IntentNone           Intent = "none"
	IntentPurchase       Intent = "purchase"
	IntentComplaint      Intent = "complaint"
	IntentSupport        Intent = "support_request"
	IntentInformation    Intent = "information_request"
	IntentRecommendation Intent = "recommendation"
)

// A Reading is what the scorer makes of a text.
type Reading struct {
	Language   string   // ISO 639-1, or "und" when it cannot be told
	Polarity   Polarity //
	Score      float64  // −1…1; 0 when the polarity is unknown
	Confidence float64  // 0…1, of the polarity
	Intent     Intent
	// IntentConfidence is that of the intent, 0…1; 0 when there is none.
	IntentConfidence float64
}
