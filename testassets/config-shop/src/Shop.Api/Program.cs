using Shop.Shared;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOptions<OrderOptions>().BindConfiguration("Orders").ValidateOnStart();

string cache = builder.Configuration.Required("Cache:Host");
int size = builder.Configuration.GetValue("Cache:Size", 100);
string shop = builder.Configuration.GetConnectionString("Shop") ?? throw new InvalidOperationException("no database");
string[] hosts = builder.Configuration.GetSection("Mirrors").Get<string[]>() ?? [];
string key = builder.Configuration["Payment:ApiKey"] ?? throw new InvalidOperationException("no key");

var app = builder.Build();
app.MapGet("/", () => $"{cache} {size} {shop.Length} {hosts.Length} {key.Length}");
app.Run();
