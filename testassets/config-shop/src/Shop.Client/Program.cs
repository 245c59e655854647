using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
string api = builder.Configuration["Api:Url"] ?? throw new InvalidOperationException("no API");
builder.Services.AddScoped(_ => new HttpClient { BaseAddress = new Uri(api) });
await builder.Build().RunAsync();
