using ReproGate.Facts.Configuration;

namespace ReproGate.Assemblies.Tests.Configuration;

/// <summary>What code itself says to listen on.</summary>
public sealed class ListenTests
{
    [Theory]
    [InlineData("builder.WebHost.ConfigureKestrel(o => o.ListenAnyIP(5005));", "Endpoint http://*:5005 ListenAnyIP@1")]
    [InlineData("builder.WebHost.UseKestrel(o =>\n{ o.ListenLocalhost(5001, l => l.UseHttps());\no.Listen(System.Net.IPAddress.Any, Ports.Http); });", "Endpoint http://localhost:5001 ListenLocalhost@2 Endpoint http://0.0.0.0:8085 Listen@3")]
    [InlineData("services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(o => o.Listen(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 5002)));", "Endpoint http://127.0.0.1:5002 Listen@1")]
    [InlineData("builder.WebHost.ConfigureKestrel(o => o.ListenUnixSocket(\"/tmp/s\"));", "Endpoint http://:0 ListenUnixSocket@1")]
    [InlineData("builder.WebHost.ConfigureKestrel(o => o.ListenAnyIP(config.GetValue<int>(\"Port\")));", "Endpoint http://*:0 ListenAnyIP@1")]
    [InlineData("builder.WebHost.ConfigureKestrel(Options.Set);", "Endpoint http://*:8085 ListenAnyIP@102")]
    // Conditions: of the environment's name they are known, those of the configuration make the port one that nobody knows, and what else is compared is not seen.
    [InlineData("if (env.IsProduction()) { builder.WebHost.ConfigureKestrel(o => o.ListenAnyIP(5005)); }", "Endpoint http://*:5005 ListenAnyIP@1 in:Production")]
    [InlineData("builder.WebHost.ConfigureKestrel((context, o) => { if (!context.HostingEnvironment.IsDevelopment()) { o.ListenAnyIP(5005); } });", "Endpoint http://*:5005 ListenAnyIP@1 not:Development")]
    [InlineData("if (args.Length > 1) { builder.WebHost.ConfigureKestrel(o => o.ListenAnyIP(5005)); }", "Endpoint http://*:5005 ListenAnyIP@1")]
    [InlineData("builder.WebHost.ConfigureKestrel(o => { if (config[\"Port\"] == null) { o.ListenAnyIP(5005); } });", "Endpoint http://*:0 ListenAnyIP@1")]
    // Addresses.
    [InlineData("var app = builder.Build();\napp.Urls.Add(\"http://*:6001\");\napp.Run(\"https://localhost:6002\");", "Address http://*:6001 Urls.Add@2 Address https://localhost:6002 Run@3")]
    [InlineData("var app = builder.Build(); app.RunAsync(config[\"Url\"]);", "Address http://:0 RunAsync@1")]
    [InlineData("var app = builder.Build(); app.Run();", "")]
    // Of others' types, and what is never called.
    [InlineData("new Options().ListenAnyIP(5005);", "")]
    [InlineData("", "")]
    public void Ports_that_code_opens(string body, string expected)
    {
        const string Types = """
            public static class Ports { public const int Http = 8085; }
            public class Options { public void ListenAnyIP(int port) { } public static void Set(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions o) => o.ListenAnyIP(Ports.Http); }
            public static class Never { public static void Called(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions o) => o.ListenAnyIP(1); }
            """;
        Assert.Equal(expected, string.Join(' ', Linked.Body(body, Types).Host.Listeners.OrderBy(static listener => listener.Location!.Line).Select(Text)));
    }

    private static string Text(CodeListener listener) => string.Concat(
        $"{listener.Kind} {listener.Scheme}://{listener.Host}:{listener.Port} {listener.Member}@{listener.Location!.Line}",
        listener.OnlyIn.Length > 0 ? $" in:{string.Join('|', listener.OnlyIn)}" : "",
        listener.NotIn.Length > 0 ? $" not:{string.Join('|', listener.NotIn)}" : "");
}
