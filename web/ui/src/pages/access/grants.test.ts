import { expect, test } from 'vitest';
import { inherited, levelAt, summary, withLevel } from './grants';

const grants = [
  { type: '*', action: '*', level: 'own' },
  { type: '*', action: 'read', level: 'all' },
  { type: 'lead', action: '*', level: 'team' },
  { type: 'lead', action: 'delete', level: 'none' },
];

test.each([
  ['the type says more than the action', 'lead', 'read', '', 'team'],
  ['what is said exactly counts, and what counted without it is known', 'lead', 'delete', 'none', 'team'],
  ['the action says more than everything', 'contact', 'read', '', 'all'],
  ['everything', 'contact', 'update', '', 'own'],
  ['the type as such is below everything', 'lead', '*', 'team', 'own'],
  ['everything is below nothing', '*', '*', 'own', 'none'],
])('%s', (_, type, action, exact, wider) => {
  expect(levelAt(grants, type, action)).toBe(exact);
  expect(inherited(grants, type, action)).toBe(wider);
});

test('a level is set, changed and taken out, and others stay', () => {
  const more = withLevel(grants, 'contact', 'read', 'own');
  expect(levelAt(more, 'contact', 'read')).toBe('own');
  expect(withLevel(more, 'contact', 'read', 'team')).toHaveLength(5);
  expect(withLevel(more, 'contact', 'read', '')).toEqual(grants);
});

test('a summary has the widest level first', () => {
  const levels = ['none', 'own', 'team', 'all'];
  expect(summary(grants, 'contact', ['read', 'update'], levels)).toBe('all: read · own: update');
  expect(summary(grants, 'lead', ['read', 'delete'], levels)).toBe('team: read');
  expect(summary([], 'lead', ['read'], levels)).toBe('nothing');
});
