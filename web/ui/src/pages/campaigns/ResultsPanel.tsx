import { Anchor, Card, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useCampaignResults, type CampaignResults } from '../../api/campaigns';
import { RecordLink } from '../../components/RecordLink';
import { Empty, Loaded } from '../../components/states';
import { formatCompact, formatMoney, formatNumber, formatPercent } from '../../format';
import { milestones, opportunityStates, responseKinds } from '../../vocabulary-crm';

/** What a campaign and its parts brought. */
export function ResultsPanel({ id }: { id: string }) {
  return (
    <Loaded query={useCampaignResults(id)} what="the results" rows={4}>
      {(r) => (
        <Stack gap="md">
          <Figures results={r} />
          <Responses results={r} />
          <Leads results={r} />
          <Sales results={r} />
          {r.parts && r.parts.length > 0 && (
            <Card component="section" aria-label="Parts">
              <Title order={2}>Parts</Title>
              {r.parts.map((p) => (
                <RecordLink key={p.id} type="campaign" id={p.id}>
                  {p.name}
                </RecordLink>
              ))}
            </Card>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Figures({ results: r }: { results: CampaignResults }) {
  const figures: [string, string][] = [
    ['responded', formatNumber(r.responded)],
    ...(r.passed_over > 0 ? [['passed over: no consent', formatNumber(r.passed_over)] as [string, string]] : []),
    ['leads', formatNumber(r.leads.leads)],
    ['won', formatNumber((r.opportunities ?? []).filter((o) => o.state === 'won').reduce((n, o) => n + o.count, 0))],
    ['revenue', (r.revenue ?? []).map((v) => formatMoney({ amount: v.invoiced, currency: v.currency })).join(' + ') || '–'],
    ['spent', r.spent.amount ? formatMoney(r.spent) : '–'],
    ['cost per lead', r.cost_per_lead ? formatMoney(r.cost_per_lead) : '–'],
    ['cost per sale won', r.cost_per_won ? formatMoney(r.cost_per_won) : '–'],
    ['return', r.return === null || r.return === undefined ? '–' : formatPercent(r.return)],
  ];
  return (
    <Card component="section" aria-label="In figures">
      <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="sm">
        {figures.map(([name, value]) => (
          <div key={name}>
            <Text fw={700} style={{ fontVariantNumeric: 'tabular-nums', overflowWrap: 'anywhere' }}>
              {value}
            </Text>
            <Text fz="xs" c="dimmed">
              {name}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </Card>
  );
}

function Responses({ results: r }: { results: CampaignResults }) {
  const { social } = r;
  return (
    <Card component="section" aria-label="Responses">
      <Title order={2} mb="xs">
        Responses
      </Title>
      {(r.responses ?? []).length === 0 && social.mentions === 0 ? (
        <Empty title="Nobody has responded yet">Import a file, let another system send them, or wait for mentions.</Empty>
      ) : (
        <Stack gap="xs">
          {social.mentions > 0 && (
            <Text fz="sm">
              {formatNumber(social.mentions)} mentions by {formatNumber(social.authors)} authors, {formatNumber(social.contacts)} of them contacts; {formatNumber(social.positive)} positive,{' '}
              {formatNumber(social.negative)} negative; reach {formatCompact(social.reach)}.
            </Text>
          )}
          {(r.responses ?? []).length > 0 && (
            <Grid head={['How', 'Channel', 'Responses', 'People']} rows={(r.responses ?? []).map((c) => [responseKinds[c.response] ?? (c.response || 'not said'), c.channel || 'not said', formatNumber(c.count), formatNumber(c.people)])} />
          )}
        </Stack>
      )}
    </Card>
  );
}

function Leads({ results: r }: { results: CampaignResults }) {
  return (
    <Card component="section" aria-label="Leads">
      <Title order={2} mb="xs">
        Leads
      </Title>
      {r.leads.leads === 0 ? (
        <Empty title="No leads yet" />
      ) : (
        <>
          <Grid head={['Milestone', 'Reached', 'Of those before']} rows={(r.leads.milestones ?? []).map((m) => [milestones[m.milestone] ?? m.milestone, formatNumber(m.reached), formatPercent(m.conversion)])} />
          <Text fz="xs" c="dimmed" mt={4}>
            {r.leads.disqualified} disqualified, {r.leads.recycled} recycled, {r.leads.open} open.{' '}
            <Anchor component={Link} fz="xs" to={`/feedback?by=campaign`}>
              Beside other campaigns
            </Anchor>
          </Text>
        </>
      )}
    </Card>
  );
}

function Sales({ results: r }: { results: CampaignResults }) {
  if (!r.opportunities || r.opportunities.length === 0) return null;
  return (
    <Card component="section" aria-label="Opportunities">
      <Title order={2} mb="xs">
        Opportunities
      </Title>
      <Grid head={['State', 'Number', 'Amount']} rows={r.opportunities.map((o) => [opportunityStates[o.state as keyof typeof opportunityStates] ?? o.state, formatNumber(o.count), o.amount ? formatMoney(o) : '–'])} />
    </Card>
  );
}

/** A small table: the first column names, numbers stand to the right. */
function Grid({ head, rows }: { head: string[]; rows: string[][] }) {
  const right = (i: number) => (i > 0 && head[i] !== 'Channel' ? 'right' : 'left');
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            {head.map((h, i) => (
              <Table.Th key={h} ta={right(i)}>
                {h}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.join()}>
              {row.map((cell, i) =>
                i === 0 ? (
                  <Table.Th key={i} scope="row" fw={500}>
                    {cell}
                  </Table.Th>
                ) : (
                  <Table.Td key={i} ta={right(i)}>
                    {cell}
                  </Table.Td>
                ),
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
