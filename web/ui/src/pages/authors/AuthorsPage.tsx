import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useAuthors, useGroups, type AuthorItem } from '../../api/authors';
import { useSources } from '../../api/queries';
import { Ago } from '../../components/Ago';
import { FigureTable } from '../../components/FigureTable';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed, Loaded } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WebLink } from '../../components/WebLink';
import { WordSelect } from '../../components/WordSelect';
import { formatCompact } from '../../format';
import { authorGroups, networkName } from '../../vocabulary';

/** Who speaks, by what they are to the company. */
export default function AuthorsPage() {
  const [filter, setFilter, clear] = useFilter('group', 'network', 'monitor');
  const group = known(filter.group, authorGroups);
  const sources = useSources();
  const networks = Object.fromEntries((sources.data?.items ?? []).map((s) => [s.network, networkName(s.network)]));
  if (filter.network) networks[filter.network] = networkName(filter.network);
  const authors = useAuthors(group, filter.network);
  const filtered = filter.group !== '' || filter.network !== '';
  return (
    <>
      <PageTitle title="Authors" about="Who speaks: customers, other contacts, leads, and people nobody knows yet." />
      <Groups monitor={filter.monitor} onMonitor={(v) => setFilter('monitor', v)} />
      <Title order={2} mb="sm">
        Who they are
      </Title>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" mb="md" role="search" aria-label="Filter authors">
        <WordSelect label="Group" words={authorGroups} value={filter.group} onChange={(v) => setFilter('group', v)} />
        <WordSelect label="Network" words={networks} value={filter.network} onChange={(v) => setFilter('network', v)} />
      </SimpleGrid>
      <Listed
        list={authors}
        what="Authors"
        keyOf={(a) => a.id}
        empty={
          <Empty title={filtered ? 'No author matches this filter' : 'Nobody was heard yet'}>
            {filtered ? (
              <Button variant="default" size="xs" mt="xs" onClick={clear}>
                Show all authors
              </Button>
            ) : (
              'Authors appear with the first post that a monitor listens for.'
            )}
          </Empty>
        }
      >
        {(author) => <AuthorRow author={author} />}
      </Listed>
    </>
  );
}

/** How much each group said. */
function Groups({ monitor, onMonitor }: { monitor: string; onMonitor: (monitor: string) => void }) {
  const groups = useGroups(monitor);
  return (
    <Stack gap="sm" mb="lg">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Title order={2}>The last 30 days</Title>
        <MonitorSelect value={monitor} onChange={onMonitor} />
      </Group>
      <Card py="xs">
        <Loaded query={groups} what="groups" rows={2}>
          {(counts) => (
            <FigureTable
              label="How much each group said"
              minWidth={520}
              rows={counts.groups}
              keyOf={(g) => g.group}
              columns={[
                { name: 'Group', value: (g) => authorGroups[g.group] },
                { name: 'Authors', value: (g) => formatCompact(g.authors) },
                { name: 'Mentions', value: (g) => formatCompact(g.mentions) },
                { name: 'Negative', value: (g) => formatCompact(g.negative) },
                { name: 'Positive', value: (g) => formatCompact(g.positive) },
                { name: 'Reach', value: (g) => formatCompact(g.reach) },
              ]}
            />
          )}
        </Loaded>
      </Card>
    </Stack>
  );
}

/** Names and places come from strangers: they are only ever text. */
function AuthorRow({ author }: { author: AuthorItem }) {
  const about = [networkName(author.network), author.location, `${formatCompact(author.followers)} followers`].filter(Boolean).join(' · ');
  return (
    <Group py="sm" gap="sm" align="flex-start" data-testid="author">
      <Stack gap={0} flex="1 1 12rem" miw={0}>
        <Text fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          <WebLink address={author.url} label={author.name || author.handle}>
            {author.name || author.handle || 'No name'}
          </WebLink>
        </Text>
        <Text fz="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {author.handle && `@${author.handle} · `}
          {about}
        </Text>
      </Stack>
      <Group gap="xs">
        {author.bot && <Badge color="gray">Bot</Badge>}
        <Badge variant="light" color={author.group === 'unknown' ? 'gray' : 'brand'}>
          {authorGroups[author.group]}
        </Badge>
        {author.contact && (
          <Button component={Link} to={`/contacts/${encodeURIComponent(author.contact.id)}`} size="compact-xs" variant="light">
            {author.contact.name}
          </Button>
        )}
        <Button component={Link} to={`/mentions?author=${encodeURIComponent(author.id)}`} size="compact-xs" variant="default" aria-label={`Mentions by ${author.name || author.handle}`}>
          Mentions
        </Button>
        <Ago time={author.seen_at} />
      </Group>
    </Group>
  );
}
