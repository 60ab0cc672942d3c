import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { Account360 } from '../../api/types';
import { show } from '../../testing/render';
import { PeoplePanel } from './PeoplePanel';

test('legal bases and purposes are told in words', () => {
  const part = (...items: unknown[]) => ({ items, count: items.length, more: false, all: '' });
  const view = {
    profiles: part(),
    links: part({ author_id: 'a1', contact_id: 'c1', author: { name: 'Anna Vogt' }, decision: 'confirmed', probability: 0.97, basis: 'made-public', reason: 'They said so.' }),
    consent: part({ id: 'k1', contact_id: 'c1', purpose: 'marketing', basis: 'legitimate-interest', decided_at: '2026-03-01T12:00:00Z' }),
  } as unknown as Account360;
  show(<PeoplePanel view={view} />);
  expect(screen.getByText('Probability 97%. Basis: made public by the person (Art. 6(1)(f)). They said so.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Campaigns' })).toHaveAttribute('href', '/contacts/c1');
  expect(screen.getByText('legitimate interest (Art. 6(1)(f)), 1 Mar 2026')).toBeInTheDocument();
});
