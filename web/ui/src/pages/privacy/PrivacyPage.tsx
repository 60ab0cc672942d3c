import { Grid, Stack } from '@mantine/core';
import { useMay } from '../../api/grants';
import { PageTitle } from '../../components/PageTitle';
import { BlocksPanel } from './BlocksPanel';
import { ErasuresPanel } from './ErasuresPanel';
import { PersonPanel } from './PersonPanel';
import { RetentionPanel } from './RetentionPanel';

/** What is held about people: given out, erased, and kept no longer than it must be. */
export default function PrivacyPage() {
  const may = useMay();
  return (
    <>
      <PageTitle title="Privacy" about="What is held about people: given out, erased, and kept no longer than it must be." />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            {may('privacy:export') && <PersonPanel />}
            <ErasuresPanel />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="md">
            <RetentionPanel />
            {may('privacy:delete') && <BlocksPanel />}
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
