// A strict OpenID provider: node idp.mjs PORT REDIRECT_ADDRESS LOGOUT_ADDRESS
import Provider from 'oidc-provider';

// Node 18 has no URL.parse, and nothing else is missing there.
URL.parse ??= (address, base) => {
  try {
    return new URL(address, base);
  } catch {
    return null;
  }
};

const [port, redirect, logout] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
// Whoever signs in as one of these; any password will do.
const people = {
  ana: { name: 'Ana Ruiz', email: 'ana@example.com', email_verified: true },
  mallory: { name: 'Mallory', email: 'ana@example.com', email_verified: false },
  boss: { name: 'Bo Chief', email: 'bo@example.com', email_verified: true, groups: ['IT'] },
};
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'directory',
    client_secret: 's3cr3t-of-the-client',
    redirect_uris: [redirect],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    backchannel_logout_uri: logout,
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  // Its own dispatcher refuses loopback, where the directory of the tests is.
  fetch: (address, { dispatcher: _, ...options }) => fetch(address, options),
  findAccount: async (_context, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, ...people[id] }),
  }),
});
provider.on('backchannel.error', (_context, error) => console.error('logout', error));
provider.listen(Number(port), '127.0.0.1');
