namespace ReproGate.PackageNames;

/// <summary>
/// Who publishes below a prefix, where that is evident: prefixes that a vendor or project has to itself. Longest prefix first;
/// a prefix that ends without a dot stands for the id of that name alone and for what follows it after a dot.
/// </summary>
internal static class PrefixOwners
{
    private static readonly (string Prefix, string Owner)[] Known =
    [
        .. new (string, string)[]
        {
            ("Microsoft", "Microsoft"), ("System", "Microsoft"), ("Azure", "Microsoft"), ("Aspire", "Microsoft"), ("NuGet", "Microsoft"), ("NETStandard", "Microsoft"),
            ("EntityFramework", "Microsoft"), ("WindowsAzure", "Microsoft"), ("MSTest", "Microsoft"), ("CommunityToolkit", "Microsoft"), ("ModelContextProtocol", "ModelContextProtocol"),
            ("AWSSDK", "Amazon"), ("Amazon", "Amazon"), ("AWS", "Amazon"), ("Google", "Google"), ("Grpc", "gRPC"), ("OpenTelemetry", "OpenTelemetry"), ("Npgsql", "Npgsql"), ("MongoDB", "MongoDB"),
            ("Elastic", "Elastic"), ("Elasticsearch", "Elastic"), ("Sentry", "Sentry"), ("Datadog", "Datadog"), ("NServiceBus", "Particular"), ("Umbraco", "Umbraco"), ("Avalonia", "AvaloniaUI"),
            ("Syncfusion", "Syncfusion"), ("Telerik", "Telerik"), ("DevExpress", "DevExpress"), ("Xamarin", "Xamarin"), ("JetBrains", "JetBrains"), ("Duende", "Duende"),
            ("IdentityServer4", "IdentityServer"), ("MassTransit", "MassTransit"), ("Akka", "Akka.NET"), ("Dapr", "Dapr"), ("Volo", "ABP"), ("Abp", "ASP.NET Boilerplate"), ("Hangfire", "Hangfire"),
            ("Quartz", "Quartz.NET"), ("Confluent", "Confluent"), ("Oracle", "Oracle"), ("MySql", "Oracle"), ("Pomelo", "Pomelo"), ("RabbitMQ", "RabbitMQ"), ("StackExchange", "StackExchange"),
            ("NodaTime", "NodaTime"), ("Swashbuckle.AspNetCore", "Swashbuckle"), ("NSwag", "NSwag"), ("NJsonSchema", "NSwag"), ("Autofac", "Autofac"), ("Castle", "Castle Project"), ("NLog", "NLog"),
            ("NUnit", "NUnit"), ("xunit", "xUnit.net"), ("Polly", "Polly"), ("Newtonsoft", "Newtonsoft"), ("Serilog", "Serilog"), ("Serilog.Sinks", ""), ("Serilog.Enrichers", ""),
            ("FluentValidation", "FluentValidation"), ("ServiceStack", "ServiceStack"), ("HotChocolate", "ChilliCream"), ("StrawberryShake", "ChilliCream"), ("GraphQL", "GraphQL.NET"),
            ("SQLitePCLRaw", "SQLitePCLRaw"), ("SkiaSharp", "SkiaSharp"), ("HarfBuzzSharp", "SkiaSharp"), ("Uno", "Uno Platform"), ("ReactiveUI", "ReactiveUI"), ("Splat", "ReactiveUI"),
            ("Yubico", "Yubico"), ("Stripe", "Stripe"), ("Twilio", "Twilio"), ("SendGrid", "Twilio"), ("Steeltoe", "Steeltoe"), ("OrchardCore", "Orchard Core"), ("Marten", "JasperFx"),
            ("JasperFx", "JasperFx"), ("WolverineFx", "JasperFx"), ("Weasel", "JasperFx"), ("SixLabors", "Six Labors"), ("BenchmarkDotNet", "BenchmarkDotNet"), ("FSharp", "F#"), ("Fable", "Fable"),
            ("Silk.NET", "Silk.NET"), ("OpenIddict", "OpenIddict"), ("Testcontainers", "Testcontainers"), ("TUnit", "TUnit"), ("FastEndpoints", "FastEndpoints"), ("Refit", "ReactiveUI"),
            ("MudBlazor", "MudBlazor"), ("Radzen", "Radzen"), ("Neo4j", "Neo4j"), ("InfluxDB", "InfluxData"), ("Qdrant", "Qdrant"), ("Pinecone", "Pinecone"), ("Docker.DotNet", "Docker.DotNet"),
            ("KubernetesClient", "Kubernetes"), ("DotNetCore.CAP", "CAP"), ("Rebus", "Rebus"), ("EventStore", "Event Store"), ("Lucene.Net", "Apache"), ("Apache", "Apache"), ("Elsa", "Elsa"),
        }.OrderByDescending(static pair => pair.Item1.Length),
    ];

    /// <summary>The owner, or empty where none is evident.</summary>
    public static string Of(string id) => Known.FirstOrDefault(pair => id.StartsWith(pair.Prefix, StringComparison.OrdinalIgnoreCase) && (id.Length == pair.Prefix.Length || id[pair.Prefix.Length] is '.' or '-')).Owner ?? "";
}
