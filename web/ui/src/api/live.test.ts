import { beforeEach, expect, test, vi } from 'vitest';
import { mention } from '../testing/samples';
import { handOver, LiveFeed, mergeMentions, type News } from './live';

/** A stream that the test drives. */
class Stream extends EventTarget {
  static all: Stream[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;
  constructor(url: string) {
    super();
    this.url = url;
    Stream.all.push(this);
  }
  close() {
    this.closed = true;
  }
  send(type: string, data: unknown) {
    this.dispatchEvent(new MessageEvent(type, { data: typeof data === 'string' ? data : JSON.stringify(data) }));
  }
}

beforeEach(() => {
  Stream.all = [];
  vi.stubGlobal('EventSource', Stream);
  vi.useFakeTimers();
});

test('mentions are merged: the newest first, each once and as it was last told', () => {
  const older = { ...mention, post_id: 'p0', posted_at: '2026-03-01T11:00:00Z' };
  const edited = { ...mention, text: 'edited' };
  expect(mergeMentions([mention, older], [edited], 10).map((m) => m.text)).toEqual(['edited', older.text]);
  expect(mergeMentions([older], [mention], 1)).toEqual([mention]);
});

test('what arrives is handed over together, and a frame that was cut off is left out', () => {
  const news: News[] = [];
  const feed = new LiveFeed({ monitor: 'm1', onNews: (n) => news.push(n), onState: () => {}, onGap: () => {} });
  const stream = Stream.all[0];
  expect(stream?.url).toBe('/api/v1/live?monitor=m1');
  stream?.send('mention', mention);
  stream?.send('mention', '{"post_id":');
  stream?.send('lead', { id: 'l1' });
  expect(news).toEqual([]);
  vi.advanceTimersByTime(handOver);
  expect(news).toEqual([{ mentions: [mention], incidents: [], leads: [{ id: 'l1' }] }]);
  feed.close();
  expect(stream?.closed).toBe(true);
});

test('a stream that breaks is opened again, and what came between is read', () => {
  const states: string[] = [];
  const gap = vi.fn();
  const feed = new LiveFeed({ monitor: '', onNews: () => {}, onState: (s) => states.push(s), onGap: gap, random: () => 1 });
  Stream.all[0]?.onopen?.();
  Stream.all[0]?.onerror?.();
  vi.advanceTimersByTime(1_300);
  expect(Stream.all).toHaveLength(2);
  expect(gap).not.toHaveBeenCalled();
  Stream.all[1]?.onopen?.();
  expect(gap).toHaveBeenCalledOnce();
  expect(states).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live']);
  feed.close();
});
