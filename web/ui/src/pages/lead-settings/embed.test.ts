import { expect, test } from 'vitest';
import { embedCode } from './embed';

test('the code has the address, the fields and the trap, and nothing breaks out of it', () => {
  const code = embedCode('https://crm.example/api/v1/forms/a"><script>', ['email', 'need', 'topic']);
  const page = new DOMParser().parseFromString(code, 'text/html');
  const form = page.querySelector('form');
  expect(form?.getAttribute('action')).toBe('https://crm.example/api/v1/forms/a"><script>');
  expect([...(form?.querySelectorAll('input, textarea') ?? [])].map((i) => i.getAttribute('name'))).toEqual(['email', 'need', 'topic', 'website']);
  expect(page.querySelector('[name=email]')?.getAttribute('type')).toBe('email');
  expect(page.querySelector('[name=website]')?.hasAttribute('hidden')).toBe(true);
  expect(page.querySelector('script')).toBeNull();
});
