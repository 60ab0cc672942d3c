import { Select, Stack, Text, TextInput } from '@mantine/core';
import type { NetworkBasis } from '../../api/types';
import { legalBases, networkBases } from '../../vocabulary-crm';

interface GroundProps {
  basis: NetworkBasis;
  evidence: string;
  onBasis: (basis: NetworkBasis) => void;
  onEvidence: (evidence: string) => void;
}

const hints: Record<NetworkBasis, string> = {
  consent: 'Where their consents lie, or what they agreed to',
  given: 'When and where they gave it to you',
  'legitimate-interest': 'What the company’s interest is, and why theirs does not outweigh it',
};

/** What makes it lawful to keep the people in a file of one's own network. */
export function Ground({ basis, evidence, onBasis, onEvidence }: GroundProps) {
  return (
    <Stack gap="sm">
      <Text fz="sm">
        New contacts are yours. Of who is on file already it is noted that you know them, and nothing is changed. They may ask where the company has them from: tell them within a month (Art. 14 GDPR).
      </Text>
      <Select label="Legal basis" allowDeselect={false} value={basis} data={networkBases.map((value) => ({ value, label: legalBases[value] ?? value }))} onChange={(v) => onBasis(v as NetworkBasis)} />
      <TextInput label="Why it holds" description={hints[basis]} required maxLength={500} value={evidence} onChange={(e) => onEvidence(e.currentTarget.value)} />
    </Stack>
  );
}
