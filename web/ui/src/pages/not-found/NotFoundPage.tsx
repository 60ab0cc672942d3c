import { Button } from '@mantine/core';
import { Link } from 'react-router';
import { PageTitle } from '../../components/PageTitle';
import { Empty } from '../../components/states';

export default function NotFoundPage() {
  return (
    <>
      <PageTitle title="There is no such page" />
      <Empty title="The address leads nowhere">
        <Button component={Link} to="/" mt="sm">
          Go to the overview
        </Button>
      </Empty>
    </>
  );
}
