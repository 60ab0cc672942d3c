import { Badge, Card, Text, Title } from '@mantine/core';
import { useIncidentPosts } from '../../api/queries';
import { mentionKey } from '../../api/live';
import type { Incident, IncidentPost } from '../../api/types';
import { MentionRow } from '../../components/MentionRow';
import { Empty, Loaded } from '../../components/states';

const roles: Record<IncidentPost['role'], string> = { began: 'It began with this', most_shared: 'Most engagement', drove: '' };

/** The posts that began and drove an incident. */
export function PostsPanel({ incident }: { incident: Incident }) {
  const posts = useIncidentPosts(incident.id);
  return (
    <Card component="section" aria-label="Posts">
      <Title order={2}>Posts that began and drove it</Title>
      <Text fz="xs" c="dimmed">
        The first one, then by engagement, of the 2,000 newest
      </Text>
      <Loaded query={posts} what="posts">
        {(data) => {
          if (data.items.length === 0) return <Empty title="No posts in this time">They may be older than what is kept, or were taken back.</Empty>;
          return (
            <div className="rows">
              {data.items.map(({ role, mention }) => (
                <div key={mentionKey(mention)}>
                  {roles[role] && (
                    <Badge mt="sm" variant="light" color="caution">
                      {roles[role]}
                    </Badge>
                  )}
                  <MentionRow mention={mention} />
                </div>
              ))}
            </div>
          );
        }}
      </Loaded>
    </Card>
  );
}
