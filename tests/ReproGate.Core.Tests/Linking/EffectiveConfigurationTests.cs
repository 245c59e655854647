using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;

namespace ReproGate.Core.Tests.Linking;

public sealed class EffectiveConfigurationTests
{
    [Fact]
    public void The_last_provider_wins_and_names_what_it_shadows_from_the_top()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("low", ("Orders:Url", "a")), Provider("middle", ("orders:url", "b")), Provider("high", ("Orders:URL", "c"))]);

        EffectiveKey key = configuration.Find("ORDERS:URL")!;
        Assert.Equal(("high", "c"), (key.Winner.Name, key.Value.Value));
        Assert.Equal(["middle", "low"], key.Shadowed.Select(static shadow => shadow.Provider.Name));
    }

    [Fact]
    public void A_provider_that_is_not_loaded_gives_nothing_and_stays_listed()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("low", ("A", "1")), Provider("other", ("A", "2"), ("B", "3")) with { Loaded = false }]);

        Assert.Equal("1", configuration.Find("A")!.Value.Value);
        Assert.Null(configuration.Find("B"));
        Assert.Equal(2, configuration.Providers.Length);
    }

    [Fact]
    public void Null_wins_over_a_value_but_erases_nothing_below()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("low", ("A", "1"), ("A:b", "2")), Provider("high", ("A", null))]);

        Assert.False(configuration.HasValue("A"));
        Assert.True(configuration.Exists("A"));
        Assert.Equal("2", configuration.Find("A:b")!.Value.Value);
    }

    [Fact]
    public void Null_and_an_empty_object_do_not_exist_an_empty_array_and_an_unknown_value_do()
    {
        ProviderFacts provider = Provider("p", ("null", null), ("array", "")) with
        {
            Keys = [new("null", null, Somewhere), new("object", null, Somewhere) { EmptyContainer = true }, new("array", "", Somewhere) { EmptyContainer = true }, new("secret", null, Somewhere) { ValueIsKnown = false }],
        };
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([provider]);

        Assert.Equal((false, false, true, true), (configuration.Exists("null"), configuration.Exists("object"), configuration.Exists("array"), configuration.Exists("secret")));
    }

    [Fact]
    public void Arrays_merge_by_index_and_children_come_by_number()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("low", ("L:0", "a"), ("L:1", "b"), ("L:10", "k"), ("L:2", "c")), Provider("high", ("L:0", "x"))]);

        Assert.Equal(["0", "1", "2", "10"], configuration.Children("L").ToArray());
        Assert.Equal("x", configuration.Find("L:0")!.Value.Value);
        Assert.Equal("b", configuration.Find("L:1")!.Value.Value);
    }

    [Fact]
    public void A_section_holds_only_what_is_below_it_though_other_names_begin_alike()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("p", ("A", "0"), ("A B", "1"), ("A:x", "2"), ("A-b:x", "3"), ("AA:x", "4"), ("a:Y:z", "5"))]);

        Assert.Equal(["A:x", "a:Y:z"], configuration.Below("A").ToArray().Select(static key => key.Key));
        Assert.Equal(6, configuration.Below("").Length);
        Assert.Equal(["x", "Y"], configuration.Children("A").ToArray());
    }

    [Theory]
    [InlineData("Tenants:*:Url", "Tenants:acme:Url", true)]
    [InlineData("Tenants:*:Url", "tenants:a:url", true)]
    [InlineData("Tenants:*:Url", "Tenants:Url", false)]
    [InlineData("Tenants:*:Url", "Tenants:a:b:Url", false)]
    [InlineData("Serilog:**", "Serilog:A:B", true)]
    [InlineData("Serilog:**", "Serilog", false)]
    [InlineData("Serilog:**", "Serilogs:A", false)]
    [InlineData("**", "A:B", true)]
    [InlineData("A:*", "A:B", true)]
    [InlineData("A:*", "A:B:C", false)]
    [InlineData("A", "A:B", false)]
    public void Patterns(string pattern, string key, bool expected)
    {
        Assert.Equal(expected, EffectiveConfiguration.Matches(pattern, key));
        Assert.Equal(expected, EffectiveConfiguration.Resolve([Provider("p", (key, "1"))]).Match(pattern).Any());
    }

    [Fact]
    public void Opaque_providers_are_named()
    {
        EffectiveConfiguration configuration = EffectiveConfiguration.Resolve([Provider("vault") with { Opaque = true }, Provider("secrets") with { Opaque = true, Loaded = false }]);

        Assert.Equal("vault", Assert.Single(configuration.Opaque).Name);
    }

    [Fact]
    public void A_hundred_projects_in_three_environments_are_resolved_each_by_itself()
    {
        ImmutableArray<ProviderFacts>[] projects =
        [
            .. Enumerable.Range(0, 300).Select(static project => Enumerable.Range(0, 8).Select(provider => Provider(
                $"p{provider}",
                [.. Enumerable.Range(0, 40).Select(key => ($"Section{key % 7}:Part{provider % 3}:Key{key}", (string?)$"{project}"))])).ToImmutableArray()),
        ];

        Assert.All(projects, static (providers, project) =>
        {
            ImmutableArray<EffectiveKey> keys = EffectiveConfiguration.Resolve(providers).Keys;
            Assert.Equal(120, keys.Length);
            Assert.All(keys, key => Assert.Equal($"{project}", key.Value.Value));
        });
    }

    [Theory]
    [InlineData("http://+:8080", "http", "+", 8080)]
    [InlineData("https://localhost", "https", "localhost", 443)]
    [InlineData("http://[::1]:5000/path", "http", "[::1]", 5000)]
    [InlineData("http://*:0", "http", "*", 0)]
    public void Addresses(string text, string scheme, string host, int port) => Assert.Equal((scheme, host, port), ListeningPorts.ParseAddress(text));

    [Theory]
    [InlineData("http://unix:/tmp/x.sock")]
    [InlineData("localhost:5000")]
    [InlineData("http://+:99999")]
    [InlineData("")]
    public void No_addresses(string text) => Assert.Null(ListeningPorts.ParseAddress(text));

    [Fact]
    public void Endpoints_of_Kestrel_count_before_urls_and_those_before_ports()
    {
        (string, string?)[] all = [("Kestrel:Endpoints:Http:Url", "http://*:1"), ("URLS", "http://*:2;https://localhost:3"), ("HTTP_PORTS", "4;5")];

        Assert.Equal([1], Ports(all));
        Assert.Equal([2, 3], Ports(all[1..]));
        Assert.Equal([4, 5], Ports(all[2..]));
        Assert.Equal([5000], Ports());
        Assert.True(ListeningPorts.Find(EffectiveConfiguration.Resolve([]))[0].LoopbackOnly);

        static IEnumerable<int> Ports(params (string, string?)[] keys) => ListeningPorts.Find(EffectiveConfiguration.Resolve([Provider("p", keys)])).Select(static port => port.Port);
    }

    [Fact]
    public void What_code_opens_counts_before_what_the_configuration_says()
    {
        CodeListener endpoint = new(ListenerKind.Endpoint, 5005, "http", "*", "ListenAnyIP", Somewhere);
        CodeListener address = endpoint with { Kind = ListenerKind.Address, Port = 6001, Member = "Run" };
        EffectiveConfiguration urls = EffectiveConfiguration.Resolve([Provider("p", [("URLS", "http://*:2")])]);
        EffectiveConfiguration both = EffectiveConfiguration.Resolve([Provider("p", [("URLS", "http://*:2"), ("Kestrel:Endpoints:Http:Url", "http://*:1")])]);

        Assert.Equal("5005", Ports(urls, endpoint, address));
        Assert.Equal("5005 1", Ports(both, endpoint, address));
        Assert.Equal("6001", Ports(urls, address));
        Assert.Equal("1", Ports(both, address));
        Assert.Equal("2", Ports(urls, endpoint with { OnlyIn = ["Production"] }, address with { NotIn = ["staging"] }));
        Assert.Equal("5005", Ports(urls, endpoint with { OnlyIn = ["staging"] }));
        Assert.Equal("0", Ports(urls, endpoint with { Port = 0 }));

        static string Ports(EffectiveConfiguration configuration, params CodeListener[] listeners) => string.Join(' ', ListeningPorts.Find(configuration, [.. listeners], "Staging").Select(static port => port.Port));
    }

    [Fact]
    public void Urls_whose_value_is_not_known_give_no_port_and_no_default()
    {
        ProviderFacts provider = Provider("p") with { Keys = [new("URLS", null, Somewhere) { ValueIsKnown = false }] };

        Assert.Empty(ListeningPorts.Find(EffectiveConfiguration.Resolve([provider])));
    }

    private static SourceLocation Somewhere => new("/r/file.json", 1, 1);

    private static ProviderFacts Provider(string name, params (string Key, string? Value)[] keys) =>
        new(ProviderKind.JsonFile, name) { Keys = [.. keys.Select(static key => new ProvidedKey(key.Key, key.Value, Somewhere))] };
}
