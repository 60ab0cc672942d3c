import { Badge, Card, Text, Title } from '@mantine/core';
import { useIncidentIdeas } from '../../api/queries';
import { mentionKey } from '../../api/live';
import type { Incident } from '../../api/types';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Loaded } from '../../components/states';

/** What people propose and recommend within a spike, for marketing. */
export function IdeasPanel({ incident }: { incident: Incident }) {
  const ideas = useIncidentIdeas(incident.id);
  return (
    <Card component="section" aria-label="Ideas">
      <Title order={2}>Ideas and recommendations</Title>
      <Text fz="xs" c="dimmed">
        By engagement, of the 2,000 newest posts in German and English
      </Text>
      <Loaded query={ideas} what="ideas" rows={2}>
        {(data) => {
          if (data.items.length === 0) return <Empty title="None in this time" />;
          return (
            <div className="rows">
              {data.items.map(({ kind, mention }) => (
                <div key={mentionKey(mention)}>
                  <Badge mt="sm" variant="light" color={kind === 'idea' ? 'brand' : 'positive'}>
                    {kind === 'idea' ? 'Idea' : 'Recommendation'}
                  </Badge>
                  <MentionRow mention={mention} lines={3} />
                </div>
              ))}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
