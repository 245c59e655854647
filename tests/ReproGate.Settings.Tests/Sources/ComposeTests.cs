using ReproGate.Facts.Configuration;
using static ReproGate.Settings.Tests.Reading;

namespace ReproGate.Settings.Tests.Sources;

public sealed class ComposeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Variables_as_a_list_and_as_a_map_join_by_name_across_files()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    environment:\n      - Orders__Url=http://a\n      - Keep=1\n");
        _folder.Write("compose.prod.yaml", "services:\n  api:\n    environment:\n      Orders__Url: http://b\n      Flag: true\n");

        ProviderSet set = Api("compose.yaml,compose.prod.yaml");

        set.AssertNoFaults();
        Assert.Equal(("http://b", "1", "true"), (set.ValueOf("Orders:Url"), set.ValueOf("Keep"), set.ValueOf("Flag")));
        Assert.Equal(("compose.prod.yaml", 4, 7), set.PlaceOf("Orders:Url"));
        Assert.Equal(("compose.yaml", 5, 9), set.PlaceOf("Keep"));
        Assert.Equal("Orders__Url", set.Effective().Find("Orders:Url")!.Value.WrittenAs);
    }

    [Fact]
    public void An_override_with_another_host_port_publishes_both_and_with_the_same_one()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    image: x\n    ports:\n      - \"8080:80\"\n");
        _folder.Write("compose.override.yaml", "services:\n  api:\n    ports:\n      - 8081:80\n      - 8080:80\n");

        Assert.Equal([8080, 8081], Api("compose.yaml,compose.override.yaml").Network.Published.Select(static port => port.HostPort));
    }

    [Fact]
    public void Override_replaces_and_reset_removes()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    ports: [\"8080:80\"]\n    environment:\n      A: 1\n      B: 2\n    command: [\"--urls\", \"http://*:1\"]\n");
        _folder.Write("over.yaml", "services:\n  api:\n    ports: !override [\"9090:80\"]\n    environment:\n      A: !reset null\n    command: !reset []\n");

        ProviderSet set = Api("compose.yaml,over.yaml");

        Assert.Equal([9090], set.Network.Published.Select(static port => port.HostPort));
        Assert.Null(set.Effective().Find("A"));
        Assert.Equal("2", set.ValueOf("B"));
        Assert.Null(set.Effective().Find("urls"));
    }

    [Fact]
    public void Env_files_come_below_the_environment_and_later_ones_win()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    env_file:\n      - a.env\n      - path: b.env\n        required: false\n      - path: none.env\n        required: false\n    environment:\n      C: compose\n");
        _folder.Write("a.env", "A=a\nB=a\nC=a\n");
        _folder.Write("b.env", "# comment\nexport B=\"b # no comment\" # comment\n");

        ProviderSet set = Api("compose.yaml");

        set.AssertNoFaults();
        Assert.Equal(("a", "b # no comment", "compose"), (set.ValueOf("A"), set.ValueOf("B"), set.ValueOf("C")));
        Assert.Equal(("b.env", 2, 8), set.PlaceOf("B"));
        Assert.Equal("none.env", Assert.Single(set.Effective().Opaque).Name);
    }

    [Fact]
    public void A_missing_env_file_is_said_where_it_is_named()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    env_file: secret.env\n");

        Api("compose.yaml").AssertFault(SettingsFaultKind.Missing, "secret.env", 3);
    }

    [Theory]
    [InlineData("${X:-d}", "d", true)]
    [InlineData("${X-d}", "d", true)]
    [InlineData("${X:-${Y:-z}}", "z", true)]
    [InlineData("${GIVEN}", "g", true)]
    [InlineData("$GIVEN/x", "g/x", true)]
    [InlineData("${GIVEN:+alt}", "alt", true)]
    [InlineData("${X:+alt}", "", true)]
    [InlineData("a$$b", "a$b", true)]
    [InlineData("${EMPTY:-d}", "d", true)]
    [InlineData("${EMPTY-d}", "", true)]
    [InlineData("${X}", null, false)]
    [InlineData("${X:?needed}", null, false)]
    public void Variables_are_put_in(string written, string? expected, bool known)
    {
        _folder.Write(".env", "GIVEN=g\nEMPTY=\n");
        _folder.Write("compose.yaml", $"services:\n  api:\n    environment:\n      V: \"{written}\"\n");

        ProvidedKey value = Api("compose.yaml").Effective().Find("V")!.Value;
        Assert.Equal((expected, known), (value.Value, value.ValueIsKnown));
    }

    [Fact]
    public void Each_variable_is_listed_with_its_form_and_place()
    {
        _folder.Write(".env", "\nGIVEN=g\n");
        _folder.Write("compose.yaml", "services:\n  api:\n    image: shop/${TAG}\n    environment:\n      - PASSED\n      - \"A=${B:?stop}${C:-x}\"\n  db:\n    image: $GIVEN\n");

        InterpolatedVariable[] met = [.. Api("compose.yaml").Interpolations];

        Assert.Equal(
            [("TAG", InterpolationForm.Plain, 3, 17), ("B", InterpolationForm.Required, 6, 12), ("C", InterpolationForm.WithDefault, 6, 22), ("GIVEN", InterpolationForm.Plain, 8, 12), ("PASSED", InterpolationForm.PassedThrough, 5, 9)],
            met.Select(static variable => (variable.Name, variable.Form, variable.Location.Line, variable.Location.Column)));
        Assert.Equal([null, null, null, 2, null], met.Select(static variable => variable.DefinedAt?.Line));
        Assert.Equal(["api", "api", "api", "db", "api"], met.Select(static variable => variable.Service));
    }

    [Fact]
    public void A_lone_dollar_is_a_fault()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    environment:\n      A: pa$5\n");

        Api("compose.yaml").AssertFault(SettingsFaultKind.Malformed, "$$", 4);
    }

    [Fact]
    public void Extends_of_this_and_of_another_file()
    {
        _folder.Write("compose.yaml", "services:\n  base:\n    environment: { A: base, B: base }\n  api:\n    extends: base\n    environment: { B: api }\n  web:\n    extends: { file: sub/common.yaml, service: common }\n");
        _folder.Write("sub/common.yaml", "services:\n  common:\n    env_file: x.env\n    environment: [C=common]\n");
        _folder.Write("sub/x.env", "X=1");

        ProviderSet api = Api("compose.yaml");
        ProviderSet web = _folder.Read(sources: Source("compose", "compose.yaml", "web"));

        api.AssertNoFaults();
        web.AssertNoFaults();
        Assert.Equal(("base", "api"), (api.ValueOf("A"), api.ValueOf("B")));
        Assert.Equal(("common", "1"), (web.ValueOf("C"), web.ValueOf("X")));
    }

    [Fact]
    public void Circles_of_extends_and_include_end()
    {
        _folder.Write("compose.yaml", "include: [other.yaml]\nservices:\n  api:\n    extends: b\n  b:\n    extends: api\n");
        _folder.Write("other.yaml", "include:\n  - compose.yaml\nservices: {}\n");

        ProviderSet set = Api("compose.yaml");
        Assert.Contains(set.Faults, static fault => fault.Problem.Contains("extends itself", StringComparison.Ordinal));
        Assert.Contains(set.Faults, static fault => fault.Problem.Contains("includes itself", StringComparison.Ordinal));
    }

    [Fact]
    public void An_included_file_has_its_own_folder_and_variables()
    {
        _folder.Write(".env", "A=outer\nB=outer\n");
        _folder.Write("compose.yaml", "include:\n  - sub/compose.yaml\nservices: {}\n");
        _folder.Write("sub/.env", "B=inner\n");
        _folder.Write("sub/compose.yaml", "services:\n  api:\n    environment: { A: \"$A\", B: \"$B\" }\n");

        ProviderSet set = Api("compose.yaml");
        set.AssertNoFaults();
        Assert.Equal(("outer", "inner"), (set.ValueOf("A"), set.ValueOf("B")));
    }

    [Theory]
    [InlineData("\"8080:80\"", 8080, 80, "", "tcp")]
    [InlineData("8080:80/udp", 8080, 80, "", "udp")]
    [InlineData("127.0.0.1:8080:80", 8080, 80, "127.0.0.1", "tcp")]
    [InlineData("\"[::1]:8080:80\"", 8080, 80, "::1", "tcp")]
    [InlineData("{ target: 80, published: \"8080\", protocol: tcp, mode: host }", 8080, 80, "", "tcp")]
    [InlineData("{ target: 80, published: 8080, host_ip: 10.0.0.1 }", 8080, 80, "10.0.0.1", "tcp")]
    public void Ports(string written, int host, int container, string ip, string protocol)
    {
        _folder.Write("compose.yaml", $"services:\n  api:\n    profiles: [p]\n    ports:\n      - {written}\n");

        PublishedPort port = Assert.Single(Api("compose.yaml").Network.Published);
        Assert.Equal((host, container, ip, protocol, 5, "p"), (port.HostPort, port.ContainerPort, port.HostIp, port.Protocol, port.Location.Line, port.Profiles.Single()));
    }

    [Fact]
    public void Ranges_unroll_and_a_port_without_host_publishes_nothing_known()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    ports: [\"3000-3002:4000-4002\", \"9000\", \"5000-5010:80\"]\n    expose: [\"7000\"]\n");

        ProviderSet set = Api("compose.yaml");
        Assert.Equal([(3000, 4000), (3001, 4001), (3002, 4002)], set.Network.Published.Select(static port => (port.HostPort, port.ContainerPort)));
        Assert.Equal([4000, 4001, 4002, 9000, 80, 7000], set.Network.Declared.Select(static port => port.Port));
    }

    [Fact]
    public void A_port_that_is_none_is_a_fault()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    ports:\n      - eighty:80\n");

        Api("compose.yaml").AssertFault(SettingsFaultKind.Malformed, "a port was expected", 4);
    }

    [Fact]
    public void Hosts_are_services_aliases_and_container_names()
    {
        _folder.Write("compose.yaml", "services:\n  api: { image: x }\n  db:\n    image: y\n    container_name: shop-db\n    expose: [\"5432\"]\n    networks:\n      back:\n        aliases: [database]\nnetworks:\n  back: {}\n");

        NetworkFacts network = Api("compose.yaml").Network;
        Assert.Equal(["api", "db", "shop-db", "database"], network.Hosts.Select(static host => host.Name));
        Assert.True(network.HostsAreComplete);
        Assert.Equal([5432], network.Hosts[1].Ports.ToArray());
        _folder.Write("compose.yaml", "services: { api: {} }\nnetworks: { back: { external: true } }\n");
        Assert.False(Api("compose.yaml").Network.HostsAreComplete);
    }

    [Fact]
    public void Anchors_and_merge_keys()
    {
        _folder.Write("compose.yaml", "x-env: &env\n  A: 1\n  B: 2\nservices:\n  api:\n    environment:\n      <<: *env\n      B: 3\n");

        ProviderSet set = Api("compose.yaml");
        set.AssertNoFaults();
        Assert.Equal(("1", "3"), (set.ValueOf("A"), set.ValueOf("B")));
        Assert.Equal(("compose.yaml", 2, 3), set.PlaceOf("A"));
    }

    [Fact]
    public void The_Dockerfile_that_is_built_gives_what_it_sets_below_compose()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    build:\n      context: src\n      dockerfile: Api/Dockerfile\n      args: [VERSION=9]\n    environment: { B: compose }\n");
        _folder.Write("src/Api/Dockerfile", "ARG VERSION=8\nFROM mcr.microsoft.com/dotnet/aspnet:${VERSION}.0 AS base\nWORKDIR /srv\nEXPOSE 8080\nENV A=docker B=docker\n");

        ProviderSet set = Api("compose.yaml");
        set.AssertNoFaults();
        Assert.Equal(("docker", "compose", "8080"), (set.ValueOf("A"), set.ValueOf("B"), set.ValueOf("HTTP_PORTS")));
        Assert.Equal(("Dockerfile", 5, 5), set.PlaceOf("A"));
        Assert.Contains(set.Network.Declared, static port => port is { Port: 8080, Origin: PortOrigin.Expose, Location.Line: 4 });
        Assert.Contains(set.BuildArguments, static group => group.Keys.Any(static key => key.Key == "VERSION"));
    }

    [Fact]
    public void Secrets_and_configs_are_key_per_file_where_the_code_adds_the_folder()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    secrets: [db__password, { source: other, target: Other }]\n    configs: [{ source: settings, target: /app/appsettings.Production.json }]\nsecrets:\n  db__password: { file: ./pw.txt }\n  other: { external: true }\nconfigs:\n  settings: { file: ./prod.json }\n");
        _folder.Write("pw.txt", "hunter2");
        _folder.Write("prod.json", "{ \"A\": \"mounted\" }");
        var host = new HostConfiguration(HostKind.WebApplication) { Operations = [new ProviderOperation(ProviderKind.KeyPerFile, null) { Argument = "/run/secrets" }] };

        ProviderSet set = _folder.Read(host: host, sources: Source("compose", "compose.yaml", "api"));

        set.AssertNoFaults();
        ProvidedKey password = set.Effective().Find("db:password")!.Value;
        Assert.Equal((null, false, true), (password.Value, password.ValueIsKnown, password.FromSecretStore));
        Assert.True(set.Effective().Exists("Other"));
        Assert.Equal("mounted", set.ValueOf("A"));
    }

    [Fact]
    public void A_folder_bound_over_the_settings_file_replaces_it()
    {
        _folder.Write("appsettings.json", "{ \"A\": \"own\" }");
        _folder.Write("deploy/appsettings.json", "{ \"A\": \"bound\" }");
        _folder.Write("compose.yaml", "services:\n  api:\n    volumes: [\"./deploy/appsettings.json:/app/appsettings.json:ro\"]\n");

        Assert.Equal("bound", Api("compose.yaml").ValueOf("A"));
    }

    [Fact]
    public void Arguments_of_the_command_are_the_highest()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    environment: { urls: \"http://*:1\" }\n    command: dotnet Shop.dll --urls \"http://*:2\" --A=b\n");

        ProviderSet set = Api("compose.yaml");
        Assert.Equal(("http://*:2", "b"), (set.ValueOf("urls"), set.ValueOf("A")));
    }

    [Fact]
    public void No_such_service_and_no_such_file()
    {
        _folder.Write("compose.yaml", "services: { web: {} }\n");

        Api("compose.yaml").AssertFault(SettingsFaultKind.Missing, "no service 'api'", 7);
        Api("other.yaml").AssertFault(SettingsFaultKind.Missing, "other.yaml", 7);
    }

    private ProviderSet Api(string files) => _folder.Read(sources: Source("compose", files, "api"));
}
