import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { headerOf } from '../../api/imports';
import { answer, problem, show } from '../../testing/render';
import ImportsPage from './ImportsPage';

const report = { read: 3, created: 2, updated: 0, unchanged: 0, refused: 1, refusals: [{ line: 4, column: 'email', reason: '"x" is no e-mail address' }], columns: { Name: 'name' }, ignored: ['Extra'] };
const job = {
  id: 'i1', type: 'lead', file: 'fair.csv', state: 'done', dry_run: true, all_or_nothing: false, map: {}, size: 10, taken: 10, report, problem: '', requested_at: '2026-03-01T12:00:00Z',
};
const types = { items: [{ type: 'contact', fields: ['email', 'last_name'] }, { type: 'lead', fields: ['name', 'topic'] }], next: '' };

test('a file is checked with what its columns mean, and imported', async () => {
  const calls = answer({ 'GET /imports': { items: [job], next: '' }, 'GET /import-types': types, 'POST /imports': job });
  show(<ImportsPage />, '/imports');
  const row = await screen.findByTestId('import');
  expect(within(row).getByText('only checked')).toBeInTheDocument();
  expect(within(row).getByText('"x" is no e-mail address')).toBeInTheDocument();
  expect(within(row).getByRole('link', { name: 'Refused rows as CSV' })).toHaveAttribute('href', '/api/v1/imports/i1/refusals.csv');
  expect(screen.getByRole('button', { name: 'Check' })).toBeDisabled();
  const input = document.querySelector('input[type=file]') as HTMLInputElement;
  await userEvent.upload(input, new File(['Wer;E-Mail\nAnna;a@example.com\n'], 'people.csv', { type: 'text/csv' }));
  await userEvent.click(await screen.findByRole('combobox', { name: 'Wer' }));
  await userEvent.click(await screen.findByRole('option', { name: 'last_name' }));
  await userEvent.click(screen.getByRole('button', { name: 'Check' }));
  await userEvent.click(screen.getByRole('button', { name: 'Import' }));
  const sent = calls.filter((c) => c.method === 'POST').map((c) => c.path);
  expect(sent[0]).toBe('/imports?type=contact&file=people.csv&dry_run=true&all_or_nothing=false&map=last_name%3DWer');
  expect(sent[1]).toContain('dry_run=false');
});

test('a network is imported with what makes it lawful', async () => {
  const calls = answer({ 'GET /imports': { items: [], next: '' }, 'GET /import-types': types, 'POST /imports': { ...job, type: 'network' } });
  show(<ImportsPage />, '/imports');
  await userEvent.click(await screen.findByRole('combobox', { name: 'What is in it' }));
  await userEvent.click(await screen.findByRole('option', { name: 'People whom you know' }));
  await userEvent.upload(document.querySelector('input[type=file]') as HTMLInputElement, new File(['BEGIN:VCARD\nEND:VCARD\n'], 'mine.vcf', { type: 'text/vcard' }));
  expect(screen.getByRole('button', { name: 'Import' })).toBeDisabled();
  await userEvent.type(screen.getByRole('textbox', { name: /^Why it holds/ }), 'met at fairs');
  await userEvent.click(screen.getByRole('button', { name: 'Import' }));
  expect(calls.find((c) => c.method === 'POST')?.path).toBe('/imports?type=network&file=mine.vcf&dry_run=false&all_or_nothing=false&basis=legitimate-interest&evidence=met+at+fairs');
});

test('what is wrong with a file is said', async () => {
  answer({ 'GET /imports': { items: [], next: '' }, 'GET /import-types': types, 'POST /imports': problem(422, 'Some fields cannot be taken', 'file: is empty: want a header and rows') });
  show(<ImportsPage />, '/imports');
  expect(await screen.findByText('No file yet')).toBeInTheDocument();
  await userEvent.upload(document.querySelector('input[type=file]') as HTMLInputElement, new File([''], 'none.csv', { type: 'text/csv' }));
  await userEvent.click(screen.getByRole('button', { name: 'Import' }));
  expect(await screen.findByText('file: is empty: want a header and rows')).toBeInTheDocument();
});

test('one that runs is stopped, one that failed says why', async () => {
  const calls = answer({
    'GET /imports': { items: [{ ...job, id: 'i2', state: 'running', taken: 5, report: { ...report, read: 1200, refused: 0 } }, { ...job, id: 'i3', file: 'b.csv', state: 'failed', problem: 'no column means a name' }], next: '' },
    'GET /import-types': types, 'DELETE /imports/i2': new Response(null, { status: 204 }),
  });
  show(<ImportsPage />, '/imports');
  expect(await screen.findByText('1,200 rows read')).toBeInTheDocument();
  expect(screen.getByText('no column means a name')).toBeInTheDocument();
  await userEvent.click(screen.getByRole('button', { name: 'Stop fair.csv' }));
  expect(calls.some((c) => c.method === 'DELETE' && c.path === '/imports/i2')).toBe(true);
});

test.each([
  ['semicolons', 'Name;"a;b"\n1;2', ['Name', 'a;b']],
  ['said', 'sep=|\nName|E-Mail\n', ['Name', 'E-Mail']],
  ['a byte order mark', '\ufeffName,"say ""hi"""\n', ['Name', 'say "hi"']],
  ['empty', '', []],
])('columns of a file: %s', async (_, text, want) => {
  expect(await headerOf(new File([text], 'x.csv'))).toEqual(want);
});
