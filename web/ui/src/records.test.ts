import { expect, test } from 'vitest';
import { countOf, placeOf } from './records';

test('a record is where its type has pages', () => {
  expect(placeOf('opportunity', 'o 1')).toBe('/opportunities/o%201');
  expect(placeOf('quote', 'q1')).toBeUndefined();
  expect(placeOf('lead', '')).toBeUndefined();
});

test('records are counted by the name of their type', () => {
  expect(countOf('lead', 1)).toBe('1 lead');
  expect(countOf('opportunity', 2_000)).toBe('2,000 opportunities');
});
