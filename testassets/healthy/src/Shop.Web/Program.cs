using Shop.Storage;

WebApplication app = WebApplication.CreateBuilder(args).Build();
app.MapGet("/", () => new OrderStore().Checksum() + AcmeLogging.Thing.Do());
app.Run();
