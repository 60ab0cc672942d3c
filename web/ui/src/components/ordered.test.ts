import { expect, test } from 'vitest';
import { changed, moved, nameOf, without } from './ordered';

test.each([
  [0, 2, 'bca'],
  [2, 0, 'cab'],
  [1, 1, 'abc'],
  [0, 3, 'abc'],
  [0, -1, 'abc'],
])('moves %i to %i', (from, to, want) => expect(moved(['a', 'b', 'c'], from, to).join('')).toBe(want));

test('changes one, takes one out', () => {
  expect(changed([{ n: 1, m: 1 }, { n: 2, m: 2 }], 1, { n: 3 })).toEqual([{ n: 1, m: 1 }, { n: 3, m: 2 }]);
  expect(without(['a', 'b'], 0)).toEqual(['b']);
});

test.each([
  ['Rep for Hôtels!', 'rep-for-hotels'],
  [' – ', ''],
  ['a'.repeat(49) + ' bc', 'a'.repeat(49)],
])('%s is called %s', (label, want) => expect(nameOf(label)).toBe(want));
