import { expect, test } from 'vitest';
import { branchOf, inTree, matchWords } from './dimensions';

const values = [
  { id: 'by', parent: 'de', label: 'Bavaria' },
  { id: 'eu', label: 'Europe' },
  { id: 'de', parent: 'eu', label: 'Germany' },
  { id: 'lost', parent: 'gone', label: 'Lost' },
];

test('what is above comes first, and nothing is lost', () => {
  expect(inTree(values).map(({ value, depth }) => `${depth}${value.id}`)).toEqual(['0eu', '1de', '2by', '0lost']);
});

test('a branch is a value with all below it', () => {
  expect([...branchOf(values, 'de')].sort()).toEqual(['by', 'de']);
});

test.each([
  [{ field: 'country', equal: ['DE', 'Germany'] }, 'country is DE, Germany'],
  [{ field: 'postal_code', prefix: ['8'] }, 'postal_code begins with 8'],
  [{ field: 'postal_code', from: '80000', to: '87999' }, 'postal_code 80000 to 87999'],
  [{ field: 'size', from: '500' }, 'size 500 to …'],
])('%o', (match, want) => expect(matchWords(match)).toBe(want));
