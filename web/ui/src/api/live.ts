import { address } from './client';
import type { Incident, Lead, Mention } from './types';

/** What arrived since the last hand-over, oldest first. */
export interface News {
  mentions: Mention[];
  incidents: Incident[];
  leads: Lead[];
}

export type LiveState = 'connecting' | 'live' | 'waiting';

interface Options {
  /** Id of a monitor, or empty for all. */
  monitor: string;
  onNews: (news: News) => void;
  onState: (state: LiveState) => void;
  /** Called when the stream stands again after a break: what came between has to be read. */
  onGap: () => void;
  random?: () => number;
}

/** Milliseconds between two hand-overs: a page is drawn at most four times a second. */
export const handOver = 250;
/** How much of one kind waits for a hand-over; older ones are let go. */
const waiting = 200;
const firstDelay = 1_000;
const longestDelay = 30_000;

/**
 * LiveFeed listens to the server's events until it is closed. The browser gives up for good on an
 * error answer, so it reconnects by itself: with full jitter, ever more slowly, and at once when the
 * browser comes online. A hidden page does not listen.
 */
export class LiveFeed {
  private source: EventSource | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pending: ReturnType<typeof setTimeout> | undefined;
  private news: News = { mentions: [], incidents: [], leads: [] };
  private failures = 0;
  private broken = false;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    document.addEventListener('visibilitychange', this.wake);
    window.addEventListener('online', this.wake);
    this.wake();
  }

  close() {
    document.removeEventListener('visibilitychange', this.wake);
    window.removeEventListener('online', this.wake);
    this.stop();
    clearTimeout(this.pending);
  }

  private readonly wake = () => {
    if (document.visibilityState === 'hidden') {
      if (this.source || this.retry) this.broken = true;
      this.stop();
    } else if (!this.source) {
      clearTimeout(this.retry);
      this.failures = 0;
      this.open();
    }
  };

  private stop() {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.source?.close();
    this.source = undefined;
  }

  private open() {
    this.options.onState('connecting');
    const source = new EventSource(address('/live', undefined, { monitor: this.options.monitor }));
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.options.onState('live');
      if (this.broken) this.options.onGap();
      this.broken = false;
    };
    source.onerror = () => this.fail();
    source.addEventListener('mention', (e) => this.take(this.news.mentions, e));
    source.addEventListener('incident', (e) => this.take(this.news.incidents, e));
    source.addEventListener('lead', (e) => this.take(this.news.leads, e));
  }

  private fail() {
    this.stop();
    this.broken = true;
    this.options.onState('waiting');
    const random = this.options.random ?? Math.random;
    const ceiling = Math.min(longestDelay, firstDelay * 2 ** this.failures);
    this.failures++;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.open();
    }, firstDelay / 4 + ceiling * random());
  }

  private take<T>(into: T[], event: MessageEvent<string>) {
    try {
      into.push(JSON.parse(event.data) as T);
    } catch {
      return; // a frame that was cut off
    }
    if (into.length > waiting) into.shift();
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      const news = this.news;
      this.news = { mentions: [], incidents: [], leads: [] };
      this.options.onNews(news);
    }, handOver);
  }
}

/** Identifies a mention: one post may be heard by several monitors. */
export const mentionKey = (m: Mention) => `${m.post_id}/${m.monitor_id}`;

/**
 * Merges mentions that arrived into those that are shown: the newest first, each once and as it was
 * last told, at most limit of them.
 */
export function mergeMentions(shown: Mention[], arrived: Mention[], limit: number): Mention[] {
  const byKey = new Map<string, Mention>();
  for (const m of shown) byKey.set(mentionKey(m), m);
  for (const m of arrived) byKey.set(mentionKey(m), m);
  return [...byKey.values()].sort((a, b) => Date.parse(b.posted_at) - Date.parse(a.posted_at)).slice(0, limit);
}
