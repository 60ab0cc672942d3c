import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { show } from '../testing/render';
import { mention } from '../testing/samples';
import { MentionRow } from './MentionRow';

test('hostile text is only text, and a hostile address no link', () => {
  const { container } = show(<MentionRow mention={mention} />);
  expect(screen.getByText(mention.text)).toBeInTheDocument();
  expect(container.querySelector('img, b, script')).toBeNull();
  expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual(['https://social.example/@anna/1']);
  expect(container.querySelector('a')).toHaveAttribute('rel', 'noreferrer noopener nofollow');
});

test('polarity, intent and reach are told in words', () => {
  show(<MentionRow mention={mention} />);
  for (const word of [/negative/i, /complaint/i, /reach 12\.3K/]) expect(screen.getByText(word)).toBeInTheDocument();
});

test('a recognised contact is a link to their page', () => {
  show(<MentionRow mention={{ ...mention, contact: { id: 'c 1', name: 'Anna Vogt' } }} />);
  expect(screen.getByTestId('contact-chip')).toHaveAttribute('href', '/contacts/c%201');
});
