import { Card, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import type { ReviewItem } from '../../api/review';
import type { Decision, Evidence } from '../../api/types';
import { AuthorName, MentionRow } from '../../components/MentionRow';
import { RecordLink } from '../../components/RecordLink';
import { WebLink } from '../../components/WebLink';
import { formatCompact, formatProbability, formatTime } from '../../format';
import { networkName } from '../../vocabulary';
import { decisions, legalBases } from '../../vocabulary-crm';
import { Waterfall } from './Waterfall';

/** An author and the contact they may be, side by side, with all that speaks for it. */
export function Candidate({ item }: { item: ReviewItem }) {
  const evidence = item.evidence.filter((e): e is Evidence => typeof e === 'object' && e !== null && 'level' in e);
  return (
    <Stack gap="md" data-testid="candidate">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Card component="section" aria-label="The author">
          <Title order={2}>The author</Title>
          <AuthorName author={item.account} />
          <Facts
            rows={[
              ['Network', networkName(item.account.network)],
              ['Followers', formatCompact(item.account.followers)],
              ['Place', item.account.location],
              ['About', item.account.bio],
              ['Last seen', formatTime(item.account.seen_at)],
            ]}
          />
        </Card>
        <Card component="section" aria-label="The contact">
          <Title order={2}>The contact</Title>
          <RecordLink type="contact" id={item.contact.id} fw={600}>
            {item.contact.name}
          </RecordLink>
          <Facts
            rows={[
              ['Company', [item.contact.job_title, item.contact.company].filter(Boolean).join(', ')],
              ['Place', [item.contact.city, item.contact.country].filter(Boolean).join(', ')],
              ['E-mail', item.contact.email],
              ['Own page', item.contact.url && <WebLink address={item.contact.url} fz="sm">{item.contact.url}</WebLink>],
              ['Profiles', item.contact.profiles.map((p) => `${networkName(p.network)} ${p.handle || p.native_id}`).join(', ')],
            ]}
          />
        </Card>
      </SimpleGrid>
      <Card component="section" aria-label="What speaks for it">
        <Title order={2}>Probability {formatProbability(item.probability)}</Title>
        {item.explanation?.sentence && (
          <Text fz="sm" style={{ overflowWrap: 'anywhere' }}>
            {item.explanation.sentence}
          </Text>
        )}
        <Waterfall prior={item.explanation?.prior_bits ?? 0} evidence={evidence} total={item.explanation?.bits} />
        <Facts
          rows={[
            ['Why here', item.reason],
            ['Runner-up', item.explanation?.runner_up ? `${item.explanation.runner_up.name || 'another contact'}, ${item.explanation.runner_up.behind_bits.toFixed(1)} bits behind` : ''],
            ['Others', item.rivals.map((r) => `${r.name} (${(decisions[r.decision as Decision] ?? r.decision).toLowerCase()}, ${formatProbability(r.probability)})`).join(', ')],
            ['Basis', legalBases[item.basis] ?? item.basis],
            ['Model', item.model],
            ['Verified', item.verifications.filter((v) => v.state !== 'absent').map((v) => `${v.method}: ${v.state}${v.detail && `, ${v.detail}`}`).join('; ')],
          ]}
        />
      </Card>
      <Card component="section" aria-label="What they said">
        <Title order={2}>What they said</Title>
        {item.posts.length === 0 && <Text fz="sm" c="dimmed">No post of theirs is stored.</Text>}
        <div className="rows">
          {item.posts.map((p) => (
            <MentionRow key={p.post_id} mention={p} lines={4} />
          ))}
        </div>
      </Card>
    </Stack>
  );
}

function Facts({ rows }: { rows: [string, React.ReactNode][] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} mt={6}>
      <Table.Tbody>
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row" w={90} fz="sm" fw={400} c="dimmed" style={{ verticalAlign: 'top' }}>
                {name}
              </Table.Th>
              <Table.Td fz="sm" style={{ overflowWrap: 'anywhere' }}>
                <bdi>{value}</bdi>
              </Table.Td>
            </Table.Tr>
          ))}
      </Table.Tbody>
    </Table>
  );
}
