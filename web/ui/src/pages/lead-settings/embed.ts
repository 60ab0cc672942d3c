// The HTML by which a page of the company lets leads in (docs/leads.md).
import { leadFields } from '../../vocabulary-crm';

export type EmbedField = keyof typeof leadFields;

const types: Partial<Record<EmbedField, string>> = { email: 'email', phone: 'tel', employees: 'number' };
const completions: Partial<Record<EmbedField, string>> = { name: 'name', email: 'email', phone: 'tel', company: 'organization', job_title: 'organization-title', postal_code: 'postal-code', country: 'country-name' };

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** A form that is sent to an address, with these fields and the trap for robots, which people do not see. */
export function embedCode(address: string, fields: EmbedField[]): string {
  const input = (f: EmbedField) =>
    f === 'need' ? `<textarea name="need"></textarea>` : `<input name="${f}"${types[f] ? ` type="${types[f]}"` : ''}${completions[f] ? ` autocomplete="${completions[f]}"` : ''}>`;
  return [
    `<form method="post" action="${escaped(address)}">`,
    ...fields.map((f) => `  <label>${leadFields[f]} ${input(f)}</label>`),
    '  <input name="website" hidden tabindex="-1" autocomplete="off">',
    '  <button>Send</button>',
    '</form>',
  ].join('\n');
}
