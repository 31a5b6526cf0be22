using ProofMesh.Gateway;

var app = GatewayApp.Build(args);
await app.RunToTheEndAsync();
