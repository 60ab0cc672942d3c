// An OpenID Connect provider on loopback for tests: node oidc.mjs PORT, with oidc-provider 9 in node_modules beside it.
//
// Who signs in as NAME, with any password, is NAME@example.com (not verified when NAME begins with "unverified"), and in the
// groups that NAME spells with dashes: "anna-sales" is in anna and sales. The client is app, app-secret; it may send people back to any
// port of 127.0.0.1 (RFC 8252, section 7.3).
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'app',
      client_secret: 'app-secret',
      application_type: 'native',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: ['http://127.0.0.1/api/v1/session/providers/company/callback'],
    },
  ],
  claims: { openid: ['sub', 'amr'], email: ['email', 'email_verified'], profile: ['preferred_username'], groups: ['groups'] },
  scopes: ['openid', 'email', 'profile', 'groups'],
  cookies: { keys: ['groundswell-dev'] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith('unverified'), preferred_username: id, groups: id.split('-') }),
  }),
});
provider.listen(port, '127.0.0.1');
