using System.Collections.Immutable;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Configuration;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;
using ReproGate.Settings.Files;
using ReproGate.Settings.Formats;

namespace ReproGate.Settings.Tests.Formats;

/// <summary>Our readers and resolver against a real <see cref="ConfigurationBuilder"/>: same keys, same values, same faults, on random files.</summary>
public sealed class SameAsConfigurationTests
{
    private static readonly Gen<string> Name = One("A", "a", "B", "Url", "url", "Orders", "A:B", "0", "1", "10", "", "é", "x y", "__", "Name", "name", "a.b", "Logging");
    private static readonly Gen<string> Text = One("1", "", "true", "x", "http://a/b?c=d", "é\u2028", "a\"b", "\\", " pad ", "null", "line\nbreak", "🙂");

    private static Gen<string> One(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    private static Gen<string> Json(int depth) => depth == 0
        ? Gen.OneOf(One("null", "true", "false", "1", "-1.50", "1e3", "[]", "{}", "0.10"), Text.Select(Quote))
        : Gen.Frequency(
            (3, Json(0)),
            (3, Gen.Select(Name, Json(depth - 1)).Array[0, 4].Select(static members => "{" + string.Join(", ", members.Select(static member => $"{Quote(member.Item1)}: {member.Item2}")) + "}")),
            (2, Json(depth - 1).Array[0, 3].Select(static items => "[" + string.Join(",\n ", items) + "]")),
            (1, Gen.Select(Json(depth - 1), Name).Select(static (value, name) => $"{{ // {name.Replace("\n", "")}\n {Quote(name)} : /* c */ {value} , }}")));

    private static Gen<string> JsonRoot => Gen.Select(Name, Json(3)).Array[0, 4].Select(static members => "{" + string.Join(", ", members.Select(static member => $"{Quote(member.Item1)}: {member.Item2}")) + "}");

    [Fact]
    public void Json_files() => Check(JsonRoot.Array[1, 3], "json", static (builder, stream) => builder.AddJsonStream(stream), static (text, faults) => JsonSettings.Flatten(JsonTree.Parse(text, Source("f.json"), faults), faults));

    private static Gen<string> Ini => Gen.OneOf(
        Gen.Select(Name, Text).Select(static (name, text) => $"{name}={text}"),
        Gen.Select(Name, Text).Select(static (name, text) => $"  {name} = \"{text}\""),
        Name.Select(static name => $"[{name}]"),
        Name.Select(static name => $"; {name}"),
        One("", "# c", "/ c", "[ A : B ]", "A", "=x", "[", "]", "a=\"", "[A")).Array[0, 8].Select(static lines => string.Join('\n', lines));

    [Fact]
    public void Ini_files() => Check(Ini.Array[1, 3], "ini", static (builder, stream) => builder.AddIniStream(stream), static (text, faults) => IniSettings.Parse(text, "f.ini", faults));

    private static readonly Gen<string> XmlName = One("A", "a", "B", "Orders", "Name", "n.x");

    private static Gen<string> Attributes => Gen.Select(XmlName, One("1", "", "x", "A")).Array[0, 2].Select(static all => string.Concat(all.DistinctBy(static one => one.Item1).Select(static one => $" {one.Item1}=\"{one.Item2}\"")));

    private static Gen<string> Xml(int depth) => depth == 0
        ? Gen.Select(XmlName, Attributes, One("", "text", " t ", "<![CDATA[c]]>", "a<!-- c -->b", "&amp;")).Select(static (name, attributes, text) => text.Length == 0 ? $"<{name}{attributes}/>" : $"<{name}{attributes}>{text}</{name}>")
        : Gen.Frequency(
            (1, Xml(0)),
            (2, Gen.Select(XmlName, Attributes, Xml(depth - 1).Array[0, 3]).Select(static (name, attributes, children) => $"<{name}{attributes}>\n{string.Concat(children)}</{name}>")));

    [Fact]
    public void Xml_files() => Check(Xml(3).Array[1, 3], "xml", static (builder, stream) => builder.AddXmlStream(stream), static (text, faults) => XmlSettings.Parse(text, "f.xml", faults));

    [Fact]
    public void Environment_variables_with_and_without_prefix()
    {
        string mark = $"RG{Guid.NewGuid():N}"[..12];
        Gen<string> name = One("A", "a__b", "A__b", "_", "__", "___x", "C_D", "x:y", "Url", "JF_", "JF__b");
        Gen<string> prefixed = Gen.Select(One("", "SQLCONNSTR_", "sqlazureconnstr_", "CUSTOMCONNSTR_", "MYSQLCONNSTR_", "POSTGRESQLCONNSTR_", "DOCDBCONNSTR_", "FOOCONNSTR_"), name).Select((prefix, rest) => $"{prefix}{mark}{rest}");
        Gen.Select(Gen.Select(prefixed, One("1", "x", "a=b")).Array[1, 6], One("", mark, mark + "JF_", mark + "A__", "ConnectionStrings__", "CONNECTIONSTRINGS:")).Sample(
            (variables, prefix) =>
            {
                (string Key, string Value)[] distinct = [.. variables.DistinctBy(static variable => variable.Item1.ToUpperInvariant()).Select(static variable => (variable.Item1, variable.Item2))];
                foreach ((string key, string value) in distinct)
                {
                    Environment.SetEnvironmentVariable(key, value);
                }

                try
                {
                    IConfigurationRoot real = new ConfigurationBuilder().AddEnvironmentVariables(prefix).Build();
                    ImmutableArray<ProvidedKey> ours = VariableMapping.Map([.. distinct.Select(static variable => new ProvidedKey(variable.Key, variable.Value, new SourceLocation("e")))], prefix);
                    Dictionary<string, string?> expected = Flat(real).Where(pair => pair.Key.Contains(mark, StringComparison.OrdinalIgnoreCase) || prefix.Contains(mark, StringComparison.Ordinal)).ToDictionary(StringComparer.OrdinalIgnoreCase);
                    // Two variables that mean one key: which one wins is the order of the process.
                    if (ours.DistinctBy(static key => key.Key.ToUpperInvariant()).Count() != ours.Length)
                    {
                        return;
                    }

                    Assert.Equal(Folded(expected.Where(static pair => pair.Value is not null)), Folded(ours.Select(static key => KeyValuePair.Create(key.Key, key.Value))));
                }
                finally
                {
                    foreach ((string key, _) in distinct)
                    {
                        Environment.SetEnvironmentVariable(key, null);
                    }
                }
            },
            iter: 1000,
            threads: 1);
    }

    [Fact]
    public void Key_per_file_folders()
    {
        Gen.Select(One("A", "A__b", "ignore.x", "ConnectionStrings__Main", ".hidden", "a b"), One("v", "v\n", "v\n\n", "", "a\r\n")).Array[0, 5].Sample(
            static files =>
            {
                using var folder = new TempFolder();
                foreach ((string name, string content) in files.DistinctBy(static file => file.Item1.ToUpperInvariant()))
                {
                    folder.Write(name, content);
                }

                IConfigurationRoot real = new ConfigurationBuilder().AddKeyPerFile(folder.Root).Build();
                var faults = new FaultList();
                ImmutableArray<ProvidedKey> ours = KeyPerFileSettings.Read(new SettingsFiles(folder.Root), folder.Root, faults);
                AssertSame(real, [new ProviderFacts(ProviderKind.KeyPerFile, "k") { Keys = ours }]);
            },
            iter: 200);
    }

    [Fact]
    public void Command_lines()
    {
        Gen<string> argument = One("--A", "--A=1", "/B", "/B=2", "-s", "-s=3", "C=4", "x", "--A:B", "-unmapped", "--", "=", "--k=", "", "--url", "http://a=b");
        argument.Array[0, 6].Sample(
            static arguments =>
            {
                IConfigurationRoot real;
                try
                {
                    real = new ConfigurationBuilder().AddCommandLine(arguments, new Dictionary<string, string> { ["-s"] = "Mapped", ["--long"] = "Other" }).Build();
                }
                catch (FormatException)
                {
                    return;
                }

                ImmutableArray<ProvidedKey> ours = CommandLineSettings.Parse([.. arguments.Select(static text => new ProvidedKey("", text, new SourceLocation("c")))], [new("-s", "Mapped"), new("--long", "Other")]);
                AssertSame(real, [new ProviderFacts(ProviderKind.CommandLine, "c") { Keys = ours }]);
            },
            iter: 5000);
    }

    [Fact]
    public void Chains_of_several_kinds()
    {
        Gen.Select(JsonRoot, Xml(2), Ini, JsonRoot).Sample(
            static (low, xml, ini, high) =>
            {
                var faults = new FaultList();
                ImmutableArray<ProviderFacts> ours =
                [
                    Provider(JsonSettings.Flatten(JsonTree.Parse(low, Source("low.json"), faults), faults)),
                    Provider(XmlSettings.Parse(xml, "f.xml", faults)),
                    Provider(IniSettings.Parse(ini, "f.ini", faults)),
                    Provider(JsonSettings.Flatten(JsonTree.Parse(high, Source("high.json"), faults), faults)),
                ];
                if (faults.Count == 0)
                {
                    AssertSame(new ConfigurationBuilder().AddJsonStream(Stream(low)).AddXmlStream(Stream(xml)).AddIniStream(Stream(ini)).AddJsonStream(Stream(high)).Build(), ours);
                }
            },
            iter: 4000);
    }

    private static void Check(Gen<string[]> files, string kind, Action<IConfigurationBuilder, Stream> add, Func<string, FaultList, ImmutableArray<ProvidedKey>> parse)
    {
        int compared = 0;
        files.Sample(
            texts =>
            {
                var faults = new FaultList();
                ImmutableArray<ProviderFacts> ours = [.. texts.Select(text => Provider(parse(text, faults)))];
                var builder = new ConfigurationBuilder();
                foreach (string text in texts)
                {
                    add(builder, Stream(text));
                }

                IConfigurationRoot real;
                try
                {
                    real = builder.Build();
                }
                catch (Exception exception) when (exception is FormatException or InvalidDataException or System.Text.Json.JsonException or System.Xml.XmlException)
                {
                    Assert.True(faults.Count > 0, $"the configuration system throws ({exception.Message}) and we found nothing in\n{string.Join("\n----\n", texts)}");
                    return;
                }

                Assert.True(faults.Count == 0, $"a fault ({faults.ToImmutable().FirstOrDefault()?.Problem}) where the configuration system has none:\n{string.Join("\n----\n", texts)}");
                AssertSame(real, ours);
                Interlocked.Increment(ref compared);
            },
            iter: 6000);
        Assert.True(compared > 500, $"only {compared} {kind} files were compared");
    }

    private static void AssertSame(IConfigurationRoot real, ImmutableArray<ProviderFacts> providers)
    {
        EffectiveConfiguration ours = EffectiveConfiguration.Resolve(providers);
        foreach (EffectiveKey key in ours.Keys)
        {
            Assert.Equal(real[key.Key], key.Value.Value);
        }

        Walk(real, "");

        void Walk(IConfiguration section, string path)
        {
            IConfigurationSection[] children = [.. section.GetChildren()];
            Assert.Equal(children.Select(static child => child.Key.ToUpperInvariant()).Order(StringComparer.Ordinal), ours.Children(path).Select(static child => child.ToUpperInvariant()).Order(StringComparer.Ordinal));
            foreach (IConfigurationSection child in children)
            {
                // The path of a child with an empty name cannot be asked for again.
                if (child.Key.Length == 0 || path.Length == 0 && child.Path.Length == 0)
                {
                    continue;
                }

                Assert.Equal(child.Value, ours.Find(child.Path)?.Value.Value);
                Assert.Equal(child.Exists(), ours.Exists(child.Path));
                Walk(child, child.Path);
            }
        }
    }

    private static IEnumerable<(string, string?)> Folded(IEnumerable<KeyValuePair<string, string?>> pairs) =>
        pairs.Select(static pair => (pair.Key.ToUpperInvariant(), pair.Value)).OrderBy(static pair => pair.Item1, StringComparer.Ordinal);

    private static IEnumerable<KeyValuePair<string, string?>> Flat(IConfigurationRoot root) => root.AsEnumerable();

    private static ProviderFacts Provider(ImmutableArray<ProvidedKey> keys) => new(ProviderKind.JsonFile, "p") { Keys = keys };

    private static NodeSource Source(string name) => new($"/r/{name}", "/r");

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Quote(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
