import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { answer, problem, show } from '../../testing/render';
import QuoteTemplatesPage from './QuoteTemplatesPage';

const offer = { id: 'en', version: 1, name: 'Quote', language: 'en', sender: '', intro: 'Dear {contact},', closing: 'We look forward to it.', footer: '', created_at: '0001-01-01T00:00:00Z', created_by: '' };
const list = { 'GET /quote-templates': { items: [offer], next: '' } };

test('a template is made with all its texts', async () => {
  const calls = answer({ 'GET /quote-templates': { items: [], next: '' }, 'POST /quote-templates': offer });
  show(<QuoteTemplatesPage />);
  expect(screen.getByRole('status')).toHaveTextContent(/loading/i);
  expect(await screen.findByText('No template yet')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'New template' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
  expect(await within(dialog).findByText('Give it a name')).toBeInTheDocument();
  await userEvent.type(within(dialog).getByLabelText(/Name/), 'For hotels');
  await userEvent.selectOptions(within(dialog).getByLabelText('Language'), 'German');
  await userEvent.type(within(dialog).getByLabelText('Sender'), 'Acme');
  await userEvent.type(within(dialog).getByLabelText('Introduction'), 'Guten Tag {{contact}');
  await userEvent.type(within(dialog).getByLabelText('Closing'), 'Bis bald');
  await userEvent.type(within(dialog).getByLabelText('Footer'), 'HRB 1');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create' }));
  await waitFor(() => expect(calls.find((c) => c.method === 'POST')?.body).toEqual({ name: 'For hotels', language: 'de', sender: 'Acme', intro: 'Guten Tag {contact}', closing: 'Bis bald', footer: 'HRB 1', archived: false }));
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
});

test('a new version is made of the one in force, and what cannot be printed stands at its text', async () => {
  const calls = answer({ ...list, 'GET /quote-templates/en': { ...offer, version: 4, intro: 'Hello' }, 'PUT /quote-templates/en': problem(422, 'Some fields cannot be taken', 'intro: names {phone}', [{ location: 'body.intro', message: 'names {phone}' }]) });
  show(<QuoteTemplatesPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Change Quote' }));
  const dialog = await screen.findByRole('dialog');
  expect(await within(dialog).findByText(/makes version 5/)).toBeInTheDocument();
  await userEvent.type(within(dialog).getByLabelText('Introduction'), ' {{phone}');
  await userEvent.click(within(dialog).getByLabelText(/Archived/));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await within(dialog).findByText('names {phone}')).toBeInTheDocument();
  expect(calls.find((c) => c.method === 'PUT')?.body).toMatchObject({ name: 'Quote', intro: 'Hello {phone}', archived: true });
});

test('who may only read sees the texts, and finds nothing to change', async () => {
  answer({ ...list, 'GET /session': { user: { id: 'u1', name: 'anna' }, grants: ['quote_template:read'], now: '2026-03-01T12:00:00Z', version: '1' } });
  show(<QuoteTemplatesPage />);
  await userEvent.click(await screen.findByRole('button', { name: 'Texts of Quote' }));
  expect(screen.getByText('Dear {contact},')).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByRole('button', { name: /Change|New/ })).not.toBeInTheDocument());
});

test('a failure is told in the words of the server', async () => {
  answer({ 'GET /quote-templates': problem(403, 'Your roles do not allow it', 'quote_template:read is needed') });
  show(<QuoteTemplatesPage />);
  expect(await screen.findByText('quote_template:read is needed')).toBeInTheDocument();
});
