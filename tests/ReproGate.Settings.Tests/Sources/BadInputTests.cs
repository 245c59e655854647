using CsCheck;
using ReproGate.Facts.Configuration;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;
using ReproGate.Settings.Sources;
using ReproGate.Settings.Sources.Compose;
using ReproGate.Settings.Sources.Kubernetes;
using static ReproGate.Settings.Tests.Reading;

namespace ReproGate.Settings.Tests.Sources;

/// <summary>Hostile files: a fault with its place, bounded time and memory, never an exception.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{ \"A\": 1,\n  \"a\": 2 }", 2, "second time")]
    [InlineData("{ \"A\": { \"B\": 1 },\n\n  \"a:b\": 2 }", 3, "second time")]
    [InlineData("{\n  \"A\": \n", 3, "no JSON")]
    [InlineData("", 1, "empty")]
    [InlineData("[]", 1, "an object was expected")]
    [InlineData("{ \"A\": \"\\ud800\" }", 1, "surrogate")]
    public void Settings_files(string text, int line, string problem)
    {
        _folder.Write("appsettings.json", text);
        _folder.Read().AssertFault(SettingsFaultKind.Malformed, problem, line);
    }

    [Fact]
    public void A_byte_order_mark_comments_and_trailing_commas_are_none()
    {
        File.WriteAllText(_folder.PathOf("appsettings.json"), "{ /* c */ \"é\": [1, 2,], // x\n \"B\": 3, }", new System.Text.UTF8Encoding(true));
        File.WriteAllText(_folder.PathOf("appsettings.Production.json"), "{ \"B\": 4 }", System.Text.Encoding.Unicode);

        ProviderSet set = _folder.Read();
        set.AssertNoFaults();
        Assert.Equal(("2", "4"), (set.ValueOf("é:1"), set.ValueOf("B")));
        Assert.Equal(("appsettings.json", 1, 20), set.PlaceOf("é:1"));
    }

    [Fact]
    public void Deep_json_and_yaml()
    {
        _folder.Write("appsettings.json", string.Concat(Enumerable.Repeat("{\"a\":", 5000)));
        _folder.Write("compose.yaml", new string('[', 200_000));
        Bounded(() =>
        {
            ProviderSet set = _folder.Read(sources: Source("compose", "compose.yaml", "api"));
            Assert.Contains(set.Faults, static fault => fault.Problem.Contains("64 levels", StringComparison.Ordinal) && fault.Location.File.EndsWith("appsettings.json", StringComparison.Ordinal));
            Assert.Contains(set.Faults, static fault => fault.Problem.Contains("64 levels", StringComparison.Ordinal) && fault.Location.File.EndsWith("compose.yaml", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void Billion_laughs()
    {
        string text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(1, 20).Select(static i => $"a{i}: &a{i} [*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1},*a{i - 1}]\n"));
        _folder.Write("compose.yaml", text);
        Bounded(() => _folder.Read(sources: Source("compose", "compose.yaml", "api")).AssertFault(SettingsFaultKind.NotRead, "100000 values", 6));
    }

    [Fact]
    public void A_chain_of_aliases_is_as_deep_as_what_it_stands_for()
    {
        string text = "a0: &a0 [x]\n" + string.Concat(Enumerable.Range(1, 5000).Select(static i => $"a{i}: &a{i} [*a{i - 1}]\n"));
        _folder.Write("compose.yaml", text);
        Bounded(() => Assert.NotEmpty(_folder.Read(sources: Source("compose", "compose.yaml", "api")).Faults));
    }

    [Theory]
    [InlineData("a: &x [*x]\n", "holds itself")]
    [InlineData("a: &x { b: { <<: *x } }\n", "holds itself")]
    [InlineData("a: *none\n", "no anchor")]
    public void Anchors_in_a_circle(string text, string problem)
    {
        _folder.Write("compose.yaml", text);
        _folder.Read(sources: Source("compose", "compose.yaml", "api")).AssertFault(SettingsFaultKind.Malformed, problem, 1);
    }

    [Fact]
    public void A_password_that_begins_like_an_alias_is_not_told()
    {
        _folder.Write("compose.yaml", "services:\n  api:\n    environment:\n      Db__Password: *canary-4711\n");

        ProviderSet reading = _folder.Read(sources: Source("compose", "compose.yaml", "api"));

        reading.AssertFault(SettingsFaultKind.Malformed, "is written in quotes", 4);
        Assert.DoesNotContain(reading.Faults, static fault => fault.Problem.Contains("4711", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("services:\n  api:\n    image: x\n    image: y\n", 4, "second time")]
    [InlineData("services:\n  api: {\n", 3, "no YAML")]
    [InlineData("- a\n", 1, "a mapping was expected")]
    [InlineData("services:\n  api: }\n", 2, "no YAML")]
    public void Yaml_files(string text, int line, string problem)
    {
        _folder.Write("compose.yaml", text);
        _folder.Read(sources: Source("compose", "compose.yaml", "api")).AssertFault(SettingsFaultKind.Malformed, problem, line);
    }

    [Fact]
    public void A_file_of_more_than_4_MB_is_not_read()
    {
        _folder.Write("appsettings.json", "{ \"A\": \"" + new string('x', 5_000_000) + "\" }");
        _folder.Read().AssertFault(SettingsFaultKind.NotRead, "4 MB", 0);
    }

    [Fact]
    public void A_long_name_with_many_children_does_not_multiply()
    {
        _folder.Write("appsettings.json", "{ \"" + new string('n', 1_000_000) + "\": {" + string.Join(',', Enumerable.Range(0, 100_000).Select(static i => $"\"k{i}\":1")) + "} }");
        Bounded(() => _folder.Read().AssertFault(SettingsFaultKind.NotRead, "16 MB", 0));
    }

    [Fact]
    public void A_link_out_of_the_repository_is_not_followed()
    {
        using var outside = new TempFolder();
        outside.Write("secret.json", "{ \"Password\": \"hunter2\" }");
        outside.Write("folder/appsettings.json", "{ \"Password\": \"hunter2\" }");
        File.CreateSymbolicLink(_folder.PathOf("appsettings.json"), outside.PathOf("secret.json"));
        Directory.CreateSymbolicLink(_folder.PathOf("linked"), outside.PathOf("folder"));

        ProviderSet file = _folder.Read();
        file.AssertFault(SettingsFaultKind.NotRead, "outside the repository", 0);
        Assert.False(file.Effective().Exists("Password"));
        ProviderSet throughFolder = _folder.Read(project: "linked");
        Assert.Contains(throughFolder.Faults, static fault => fault.Problem.Contains("outside the repository", StringComparison.Ordinal));
        Assert.False(throughFolder.Effective().Exists("Password"));
        _folder.Read(sources: Source("env", "../../etc/hostname")).Faults.Single(static fault => fault.Kind != SettingsFaultKind.Missing && fault.Problem.Contains("outside", StringComparison.Ordinal) && fault.Location.File.EndsWith("hostname", StringComparison.Ordinal) || fault.Kind == SettingsFaultKind.Missing);
    }

    [Fact]
    public void A_link_in_a_circle_and_a_link_within_the_repository()
    {
        File.CreateSymbolicLink(_folder.PathOf("appsettings.json"), "appsettings.json");
        Assert.NotEmpty(_folder.Read().Faults.Concat(_folder.Read().Providers.Length == 0 ? [new SettingsFault(new SourceLocation(""), "", SettingsFaultKind.Missing)] : []));
        File.Delete(_folder.PathOf("appsettings.json"));
        _folder.Write("shared/a.json", "{ \"A\": 1 }");
        File.CreateSymbolicLink(_folder.PathOf("appsettings.json"), "shared/a.json");
        ProviderSet set = _folder.Read();
        set.AssertNoFaults();
        Assert.Equal("1", set.ValueOf("A"));
    }

    [Fact]
    public void Values_never_stand_in_faults()
    {
        _folder.Write("appsettings.json", "{ \"A\": \"hunter2\", \"a\": \"hunter2\" ");
        _folder.Write("compose.yaml", "services:\n  api:\n    environment:\n      A: hunter2$9\n    ports: [\"hunter2:1\"]\n    env_file: [a.env]\n");
        _folder.Write("a.env", "A=\"hunter2\n");
        ProviderSet set = _folder.Read(sources: Source("compose", "compose.yaml", "api"));
        Assert.True(set.Faults.Length >= 4);
        Assert.DoesNotContain("hunter2", string.Concat(set.Faults.Select(static fault => fault.Problem)), StringComparison.Ordinal);
    }

    /// <summary>100,000 broken texts over all readers.</summary>
    [Fact]
    public void Mutated_files_are_read_without_exception()
    {
        (Action<string> Read, string Seed)[] readers =
        [
            (static text => JsonSettings.Flatten(JsonTree.Parse(text, Node, new FaultList()), new FaultList()), "{ \"A\": [1, {\"B\": null}], // c\n \"ConnectionStrings\": { \"Main\": \"x\" }, }"),
            (static text => XmlSettings.Parse(text, "/f", new FaultList()), "<?xml version=\"1.0\"?><r Name=\"x\"><A b=\"1\">t</A><A>&amp;<![CDATA[c]]></A></r>"),
            (static text => IniSettings.Parse(text, "/f", new FaultList()), "[S]\na=b\n; c\nd = \"e\"\n"),
            (static text => DotEnvFile.Parse(text, "/f", new FaultList()), "A=1\nexport B=\"x ${A:-y} \\n\"\nC='z'\n# c\nD: e # f\n"),
            (static text => YamlTree.Parse(text, Node, new FaultList()), "a: &x { b: [1, \"2\", 'c'], <<: *y }\n? k\n: v\n---\nt: !reset null\nl: |\n  x\n  y\n"),
            (static text => DockerfileSource.Parse(text, "/f", "Dockerfile", "", new Dictionary<string, string?>(), new FaultList()), "ARG T=1\nFROM x:$T AS b\nENV A=\"1\" B=${A:-x} \\\n  C='d'\nEXPOSE 80/tcp 1-3\nRUN <<E\nx\nE\nCMD [\"a\"]\n"),
            (static text => HelmChart.WithoutActions(text), "{{- if .V }}\na: {{ .V | quote }}\nenv:\n{{- toYaml . }}\n{{/* c\n */}}\n"),
            (static text => ReadAll(YamlTree.Parse(text, Node, new FaultList())), "services:\n  a:\n    ports: [\"1:2\", {target: 3}]\n    environment: [A=$B, C]\n    env_file: x\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, env: [{name: A, value: b}], ports: [{containerPort: 1}]}]}}}\n"),
            (static text => CommandLineSettings.Parse([.. CommandLineSettings.Split(text).Select(static word => new ProvidedKey("", word, new SourceLocation("")))], []), "dotnet x.dll --a \"b c\" /d=e -f --g=h"),
        ];
        int count = 0;
        foreach ((Action<string> read, string seed) in readers)
        {
            Mutated(seed).Sample(
                text =>
                {
                    read(text);
                    Interlocked.Increment(ref count);
                },
                iter: 11_500);
        }

        // App hosts and launch profiles come from files.
        foreach ((string name, string seed, MatrixSource source) in ((string, string, MatrixSource)[])
        [
            ("H/Program.cs", "var r = builder.AddRedis(\"r\"); // c\nbuilder.AddProject<P.A>(\"a\").WithReference(r).WithEnvironment(\"K\", \"\"\"v\"\"\");", Source("aspire", "H", "a")),
            ("Properties/launchSettings.json", "{ \"profiles\": { \"a\": { \"commandName\": \"Project\", \"applicationUrl\": \"http://x:1\", \"environmentVariables\": { \"A\": \"b\" } } } }", Source("launchSettings", "a")),
            ("K/kustomization.yaml", "resources: [.]\nconfigMapGenerator: [{name: a, literals: [a=b]}]\npatches: [{target: {kind: C.*}, patch: \"[{op: add, path: /a, value: 1}]\"}]\n", Source("k8s", "K", "a")),
        ])
        {
            Mutated(seed).Sample(
                text =>
                {
                    lock (readers)
                    {
                        _folder.Write(name, text.Replace('\uD800', '?'));
                        _folder.Read(sources: source);
                        count++;
                    }
                },
                iter: 500,
                threads: 1);
        }

        Assert.True(count >= 100_000, $"{count}");
    }

    private static NodeSource Node => new("/r/f.yaml", "/r");

    private static void ReadAll(IReadOnlyList<SettingsNode> documents)
    {
        var objects = KubernetesObject.Of([.. documents]).ToList();
        new KubernetesSource(objects, new FaultList()).Read("", new SourceLocation("m"));
        foreach (MappingNode document in documents.OfType<MappingNode>())
        {
            SettingsNode? merged = ComposeMerge.Merge(document, document, "");
            foreach ((_, SettingsNode value) in (merged as MappingNode)?.Mapping("services")?.Entries ?? [])
            {
                if (value is MappingNode service)
                {
                    ComposePort.Read(service, new FaultList());
                }
            }

            NodePatch.Merge(document, document, "");
        }
    }

    private static Gen<string> Mutated(string seed)
    {
        string[] pieces = ["{", "}", "[", "]", ":", ",", "\"", "'", "&x ", "*x", "<<: ", "- ", "\n", "\t", "\0", "\uD800", "é", "$", "${", "}}", "{{", "!reset ", "|\n", "? ", "---\n", "%YAML 9.9\n", "<![CDATA[", "&#xD800;", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "\\", "=", "#", "//", "/*", "99999999999999999999", "\"\"\"", "(", ")", ";", "<<E\n"];
        return Gen.Select(Gen.Int[0, seed.Length], Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, pieces.Length - 1]).Array[1, 5].Select(edits =>
        {
            string text = seed;
            foreach ((int position, int length, int kind, int piece) in edits)
            {
                int at = Math.Min(position, text.Length);
                int end = Math.Min(at + length, text.Length);
                text = kind switch
                {
                    0 => text[..at] + pieces[piece] + text[at..],
                    1 => text[..at] + text[end..],
                    2 => text[..end] + text[at..],
                    _ => text[..at] + pieces[piece] + text[end..],
                };
            }

            return text;
        });
    }

    // Not by the clock, which a busy machine bends: what is read twice, or multiplied, is allocated.
    private static void Bounded(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 1L << 30, $"{allocated} bytes");
    }
}
