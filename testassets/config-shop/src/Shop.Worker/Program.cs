using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Shop.Shared;

HostApplicationBuilder builder = Host.CreateApplicationBuilder(args);
string queue = builder.Configuration.Required("Queue:Url");
TimeSpan pause = builder.Configuration.GetValue("Queue:Pause", TimeSpan.FromSeconds(5));
string region = Environment.GetEnvironmentVariable("SHOP_REGION") ?? "eu";
Console.WriteLine($"{queue} {pause} {region}");
builder.Build().Run();
