import { Button, Group, SimpleGrid } from '@mantine/core';
import { mentionKey } from '../../api/live';
import { useMentions, useSources } from '../../api/queries';
import { MentionRow } from '../../components/MentionRow';
import { MonitorSelect } from '../../components/MonitorSelect';
import { PageTitle } from '../../components/PageTitle';
import { Empty, Listed } from '../../components/states';
import { known, useFilter } from '../../components/useFilter';
import { WordSelect } from '../../components/WordSelect';
import { formatTime } from '../../format';
import { intents, networkName, polarities } from '../../vocabulary';
import { RescoringNote } from './RescoringNote';

/** Everything that was heard, by what it is. */
export default function MentionsPage() {
  const [filter, setFilter, clear] = useFilter('monitor', 'polarity', 'intent', 'network', 'author', 'text', 'from', 'until');
  const sources = useSources();
  const networks = Object.fromEntries((sources.data?.items ?? []).map((s) => [s.network, networkName(s.network)]));
  if (filter.network) networks[filter.network] = networkName(filter.network);
  const mentions = useMentions({
    monitor: filter.monitor,
    polarity: known(filter.polarity, polarities),
    intent: known(filter.intent, intents),
    network: filter.network,
    author: filter.author,
    text: filter.text,
    from: filter.from,
    until: filter.until,
  });
  const filtered = Object.values(filter).some(Boolean);
  return (
    <>
      <PageTitle title="Mentions" about="Posts that match a monitor, the newest first." />
      <RescoringNote />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mb="md" role="search" aria-label="Filter mentions">
        <MonitorSelect label="Monitor" value={filter.monitor} onChange={(v) => setFilter('monitor', v)} />
        <WordSelect label="Polarity" words={polarities} value={filter.polarity} onChange={(v) => setFilter('polarity', v)} />
        <WordSelect label="Intent" words={intents} value={filter.intent} onChange={(v) => setFilter('intent', v)} />
        <WordSelect label="Network" words={networks} value={filter.network} onChange={(v) => setFilter('network', v)} />
      </SimpleGrid>
      <Group gap="xs" mb={filter.text || filter.from || filter.until ? 'md' : 0}>
        {filter.text && (
          <Button size="xs" variant="light" onClick={() => setFilter('text', '')}>
            With “{filter.text}”: show all
          </Button>
        )}
        {(filter.from || filter.until) && (
          <Button size="xs" variant="light" onClick={() => setFilter(['from', 'until'], '')}>
            {[filter.from && `From ${formatTime(filter.from)}`, filter.until && `until ${formatTime(filter.until)}`].filter(Boolean).join(' ')}: show all
          </Button>
        )}
      </Group>
      {filter.author && (
        <Button size="xs" variant="light" mb="md" onClick={() => setFilter('author', '')}>
          Only one author: show all
        </Button>
      )}
      <Listed
        list={mentions}
        what="Mentions"
        keyOf={mentionKey}
        empty={
          <Empty title={filtered ? 'Nothing matches this filter' : 'Nothing was heard yet'}>
            {filtered ? <Button variant="default" size="xs" mt="xs" onClick={clear}>Show all mentions</Button> : 'Mentions appear as soon as a source hears a post that a monitor listens for.'}
          </Empty>
        }
      >
        {(mention) => <MentionRow mention={mention} />}
      </Listed>
    </>
  );
}
