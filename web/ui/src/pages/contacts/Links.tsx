import { Button, Card, Group, List, Stack, Text, Title } from '@mantine/core';
import { useDecide } from '../../api/changes';
import type { Decision, Evidence, Link } from '../../api/types';
import { Icon } from '../../components/Icon';
import { May } from '../../components/May';
import { DecisionMark } from '../../components/marks';
import { AuthorName } from '../../components/MentionRow';
import { Failed } from '../../components/states';
import { formatProbability, formatTime } from '../../format';
import { legalBases } from '../../vocabulary-crm';

const order: Record<Decision, number> = { suggested: 0, unsure: 1, confirmed: 2, ignored: 3, rejected: 4 };

/** The authors who are, or may be, this contact: suggestions first, for they wait for a person. */
export function Links({ links }: { links: Link[] }) {
  const sorted = links.toSorted((a, b) => order[a.decision] - order[b.decision] || b.probability - a.probability);
  return (
    <Card component="section" aria-label="Recognised authors">
      <Title order={2} mb="xs">
        Recognised authors
      </Title>
      {links.length === 0 && (
        <Text fz="sm" c="dimmed">
          Nobody who posted was recognised as this contact.
        </Text>
      )}
      <div className="rows">
        {sorted.map((link) => (
          <LinkRow key={link.author_id} link={link} />
        ))}
      </div>
    </Card>
  );
}

function LinkRow({ link }: { link: Link }) {
  const decide = useDecide(link);
  const choose = (decision: Decision) => decide.mutate(decision);
  const by = { matcher: 'by the matcher', verifier: 'verified', contact: 'by the contact' }[link.decided_by] ?? 'by a person';
  return (
    <Stack gap={6} py="sm" component="article" aria-label={`Link to ${link.author?.name ?? 'an author who is gone'}`} data-testid="link">
      <Group justify="space-between" gap="xs" align="flex-start">
        {link.author ? <AuthorName author={link.author} /> : <Text fz="sm">An author who is gone</Text>}
        <DecisionMark decision={link.decision} />
      </Group>
      <Text fz="xs" c="dimmed">
        Probability {formatProbability(link.probability)}, {by}, {formatTime(link.decided_at)}
        {link.basis && `. Basis: ${legalBases[link.basis] ?? link.basis}`}
      </Text>
      <EvidenceList evidence={link.evidence} />
      {decide.error && <Failed error={decide.error} />}
      <May grant="link:update">
        <Group gap="xs">
          {link.decision !== 'confirmed' && (
            <Button size="xs" variant="light" leftSection={<Icon name="check" size={14} />} loading={decide.isPending} onClick={() => choose('confirmed')}>
              {link.decision === 'suggested' ? 'Confirm' : 'It is them after all'}
            </Button>
          )}
          {link.decision !== 'rejected' && (
            <Button size="xs" variant="default" leftSection={<Icon name="cross" size={14} />} loading={decide.isPending} onClick={() => choose('rejected')}>
              {link.decision === 'suggested' ? 'Reject' : 'It is not them'}
            </Button>
          )}
        </Group>
      </May>
    </Stack>
  );
}

/** What speaks for a link, piece by piece. */
function EvidenceList({ evidence }: { evidence: unknown[] }) {
  const known = evidence.filter((e): e is Evidence => typeof e === 'object' && e !== null && 'level' in e);
  if (known.length === 0) return null;
  return (
    <List fz="xs" spacing={0}>
      {known.map((e, i) => (
        <List.Item key={i}>
          {e.field}: {e.level}
          {e.author_value && (
            <>
              {' '}
              (<bdi>{e.author_value}</bdi>
              {e.contact_value && e.contact_value !== e.author_value && (
                <>
                  {' '}
                  / <bdi>{e.contact_value}</bdi>
                </>
              )}
              )
            </>
          )}
        </List.Item>
      ))}
    </List>
  );
}
