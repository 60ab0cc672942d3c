import { expect, test } from 'vitest';
import { answer, problem } from '../testing/render';
import { address, Problem, send } from './client';

test('paths and queries are filled in and escaped; empty values are left out', () => {
  expect(address('/contacts/{id}', { id: 'a/b' }, { q: 'x y', cursor: '', limit: undefined })).toBe('/api/v1/contacts/a%2Fb?q=x+y');
});

test('a problem becomes an error in the words of the server', async () => {
  answer({ 'POST /monitors': problem(422, 'Some fields cannot be taken', 'query: want a term', [{ location: 'body.query', message: 'want a term' }]) });
  const error = await send('post', '/monitors', { body: { name: 'A', kind: 'own', query: '', enabled: true } }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ status: 422, title: 'Some fields cannot be taken', message: 'query: want a term', fields: { query: 'want a term' } });
});

test('an answer that is no problem document is still told', async () => {
  answer({ 'GET /session': new Response('<html>bad gateway</html>', { status: 502, statusText: 'Bad Gateway' }) });
  await expect(send('get', '/session')).rejects.toThrow('502');
});
