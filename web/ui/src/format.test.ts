import { describe, expect, test } from 'vitest';
import { formatAgo, formatCompact, formatIndex, formatLength, formatProbability, formatTime, initials, webAddress } from './format';

describe('addresses', () => {
  test.each([
    ['https://a.example/x?y=1', 'https://a.example/x?y=1'],
    ['http://a.example', 'http://a.example/'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['//a.example', undefined],
    ['', undefined],
  ])('%s', (address, want) => expect(webAddress(address)).toBe(want));
});

test('what is not certain never reads 100 %', () => {
  expect(formatProbability(0.99999)).toBe('99.99%');
  expect(formatProbability(1)).toBe('100%');
});

test('the sentiment index has a sign, and a dash when there is none', () => {
  expect([formatIndex(3.25), formatIndex(-10), formatIndex(0), formatIndex(null)]).toEqual(['+3.3', '−10.0', '0.0', '–']);
});

test('times', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  expect(formatAgo('2026-03-01T11:58:00Z', now)).toBe('2 minutes ago');
  expect(formatAgo('2026-03-01T12:00:30Z', now)).toBe('just now'); // clocks differ
  expect(formatAgo('nonsense', now)).toBe('–');
  expect(formatTime('nonsense')).toBe('–');
  expect([formatLength(0.2), formatLength(90), formatLength(7200)]).toEqual(['< 1 s', '2 min', '2 h']);
});

test('numbers and names', () => {
  expect([formatCompact(9999), formatCompact(12_345)]).toEqual(['9,999', '12.3K']);
  expect([initials('Anna Maria Vogt'), initials('@acme'), initials('😀')]).toEqual(['AV', 'A', '?']);
});
