// Numbers, times and addresses as people read them: English words, twenty-four hours, the time zone of the browser.

const number = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const quantity = new Intl.NumberFormat('en', { maximumFractionDigits: 3 });
const signed = new Intl.NumberFormat('en', { signDisplay: 'exceptZero', minimumFractionDigits: 1, maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const probability = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 2 });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' });
const date = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const utcDate = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayClock = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export const formatNumber = (n: number) => number.format(n);
export const formatCompact = (n: number) => (Math.abs(n) < 10_000 ? number.format(n) : compact.format(n));
export const formatPercent = (share: number) => percent.format(share);

/** A probability, cut off and not rounded: what is not certain never reads 100 %. */
export const formatProbability = (p: number) => probability.format(Math.floor(p * 10_000) / 10_000);

/** The sentiment index, −10 to 10; a dash when there is none. */
export const formatIndex = (index: number | null | undefined) => (index == null ? '–' : signed.format(index).replace('-', '−'));

/** An amount in the minor unit of its currency; a dash when none is said, or a role hides it. */
export function formatMoney(money: { amount: number; currency: string } | undefined): string {
  if (!money?.currency) return '–';
  const { amount, currency } = money;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / minorUnits(currency));
}

/** How many minor units make one of a currency: 100 cents a euro, 1 for the yen. */
export function minorUnits(currency: string): number {
  try {
    return 10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2);
  } catch {
    return 100; // no code of a currency: the server says so
  }
}

/** An amount that people write in the major unit, in minor ones. */
export const toMinor = (amount: number | string, currency: string) => Math.round((Number(amount) || 0) * minorUnits(currency));

/** A share in basis points. */
export const formatBasisPoints = (points: number) => percent.format(points / 10_000);

/** A quantity in thousandths of its unit. */
export const formatQuantity = (thousandths: number, unit: string) => `${quantity.format(thousandths / 1000)}${unit && ` ${unit}`}`;

/** The day of a time; a dash when there is none. */
export const formatDay = (time: string | undefined) => (time ? written(date, time) : '–');

/** A day that people chose, which is kept in UTC: it is the same day everywhere. */
export const formatDate = (time: string | undefined) => (time ? written(utcDate, time) : '–');

/** A time in full with its zone; a dash when it cannot be read. */
export const formatTime = (time: string) => written(full, time);

/** Hours and minutes. */
export const formatClock = (time: string) => written(clock, time);

/** Hours, minutes and seconds. */
export const formatClockSeconds = (time: string) => written(clockSeconds, time);

/** The label of a point of a series whose steps are this long. */
export function formatStep(time: string, step: string): string {
  if (step === '1d') return written(day, time);
  return written(step === '1h' ? dayClock : clock, time);
}

function written(format: Intl.DateTimeFormat, time: string): string {
  const at = new Date(time);
  return Number.isNaN(at.getTime()) ? '–' : format.format(at);
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** How long ago a time was, as seen from now (milliseconds); never in the future, for clocks differ a little. */
export function formatAgo(time: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return '–';
  if (seconds > 30 * 86_400) return written(day, time);
  for (const [unit, length] of units) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return 'just now';
}

/** A length of time in its largest unit: 42 s, 3 min, 2 h, 5 d. */
export function formatLength(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 1) return '< 1 s';
  if (s < 60) return `${Math.round(s)} s`;
  if (s < 3_600) return `${Math.round(s / 60)} min`;
  if (s < 86_400) return `${Math.round(s / 3_600)} h`;
  return `${Math.round(s / 86_400)} d`;
}

/** The address when it is one of the web, otherwise nothing: javascript: and data: are no links. */
export function webAddress(address: string | undefined): string | undefined {
  if (!address) return undefined;
  try {
    const { protocol, href } = new URL(address);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** Up to two letters that stand for a name. */
export function initials(name: string): string {
  const words = name.replace(/[^\p{L}\p{N}\s]/gu, ' ').trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return ends.map((w) => [...(w ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}
