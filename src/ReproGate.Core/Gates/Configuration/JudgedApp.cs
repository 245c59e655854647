using System.Collections.Frozen;
using System.Collections.Immutable;
using ReproGate.Facts.Configuration;
using ReproGate.Linking;

namespace ReproGate.Gates.Configuration;

/// <summary>An application as the rules look at it: what is asked again and again, worked out once.</summary>
public sealed class JudgedApp
{
    private readonly ImmutableArray<ConfigurationRead> _own;
    private readonly FrozenSet<string> _readKeys;
    private readonly FrozenSet<string> _rowKeys;

    // By the first segment, which a key and what covers it share; null where one is open there ("*:Url").
    private readonly ILookup<string, ConfigurationRead>? _ownByFirst;
    private readonly ILookup<string, MatrixKey>? _rowsByFirst;

    // Several rules ask the same of each row and key.
    private readonly Dictionary<MatrixKey, ImmutableArray<ConfigurationRead>> _readsOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, ImmutableArray<MatrixKey>> _rowsFor = new(StringComparer.Ordinal);

    /// <summary>Joins the facts of an application.</summary>
    public JudgedApp(AppConfiguration facts)
    {
        Facts = facts;
        Rows = [.. facts.Matrix.Keys.Where(row => row.Apps.IsEmpty || row.Apps.Contains(facts.App.Name))];
        _own = [.. facts.Code.Reads.Where(static read => read.Kind != ReadKind.EnvironmentVariable && read.Key.Length > 0 && (!read.Origin.StartsWith("library:", StringComparison.Ordinal) || IsNamedByCode(read)) && !HostKeys.Has(read.Key))];
        Variables = [.. facts.Code.Reads.Where(static read => read.Kind == ReadKind.EnvironmentVariable && read.Key.Length > 0 && !read.Origin.StartsWith("library:", StringComparison.Ordinal) && !HostKeys.HasVariable(read.Key))];
        Environments = [.. facts.Environments.Select(static environment => new JudgedEnvironment(environment))];
        _ownByFirst = ByFirst(_own, static read => read.Key);
        _rowsByFirst = ByFirst(Rows, static row => row.Key);
        _readKeys = facts.Code.Reads.Select(static read => read.Key).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
        _rowKeys = Rows.Select(static row => row.Key).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The facts.</summary>
    public AppConfiguration Facts { get; }

    /// <summary>The name the matrix gives the application.</summary>
    public string Name => Facts.App.Name;

    /// <summary>The rows that hold for this application.</summary>
    public ImmutableArray<MatrixKey> Rows { get; }

    /// <summary>What the application's own code reads of its configuration: nothing of hosts, and of libraries only the connection strings that it names in a call and that must be there.</summary>
    public ImmutableArray<ConfigurationRead> Reads => _own;

    /// <summary>What it reads of the environment directly, in the same way.</summary>
    public ImmutableArray<ConfigurationRead> Variables { get; }

    /// <summary>Each declared environment.</summary>
    public ImmutableArray<JudgedEnvironment> Environments { get; }

    /// <summary>
    /// True where some read may be of any key: the root is bound or enumerated, a key is computed from nothing that is known, or parts of the code could
    /// not be read. Then nobody can say that a key is never read.
    /// </summary>
    public bool ReadsAnything =>
        !Facts.Code.Unread.IsEmpty
        || Facts.Code.Reads.Any(static read => read.Kind != ReadKind.EnvironmentVariable && read.WholeSection && read.Key.Length == 0)
        || Facts.Code.Unresolved.Any(read => read.Pattern is null && !Rows.Any(row => row is { ReadBy.Length: > 0, IsPlaceholder: false } && IsIn(read, row.ReadBy)));

    /// <summary>The rows that cover a key.</summary>
    public ImmutableArray<MatrixKey> RowsFor(string key)
    {
        if (!_rowsFor.TryGetValue(key, out ImmutableArray<MatrixKey> rows))
        {
            rows = [.. (_rowsByFirst?[FirstOf(key)] ?? Rows).Where(row => Covers(row, key))];
            _rowsFor.Add(key, rows);
        }

        return rows;
    }

    /// <summary>Whether a row covers a key; a row of an object or array covers what is below it.</summary>
    public static bool Covers(MatrixKey row, string key) => KeyDeclaration.Covers(row, key);

    /// <summary>Whether a read is declared in some row.</summary>
    public bool IsDeclared(ConfigurationRead read) => _rowKeys.Contains(read.Key) || Rows.Any(row => Declares(row, read));

    /// <summary>Whether a row declares a read: it covers the key; of a whole section it is enough that rows lie below it.</summary>
    public static bool Declares(MatrixKey row, ConfigurationRead read) => KeyDeclaration.Declares(row, read);

    /// <summary>Whether some read takes a key; hosts and libraries count.</summary>
    public bool IsRead(string key) => _readKeys.Contains(key) || Facts.Code.Reads.Any(read => read.Kind == ReadKind.EnvironmentVariable
        ? read.Key.Equals(key, StringComparison.OrdinalIgnoreCase) || KeyOfVariable(read.Key).Equals(key, StringComparison.OrdinalIgnoreCase)
        : Takes(read, key))
        || Facts.Code.Unresolved.Any(read => read.Pattern is { } pattern && (KeyPattern.Overlaps(pattern, key) || KeyPattern.IsBelow(key, pattern)))
        || RowsFor(key).Any(row => row.ReadBy.Length > 0 && Facts.Code.Unresolved.Any(read => IsIn(read, row.ReadBy)));

    /// <summary>Whether a read takes a key: its own, one below a section it takes whole or whose existence it asks, or a section on the way to it.</summary>
    public static bool Takes(ConfigurationRead read, string key) =>
        KeyPattern.Overlaps(read.Key, key)
        || ((read.WholeSection || read.Kind is ReadKind.Exists || read.Type is ConfigurationValueType.Array) && KeyPattern.IsBelow(key, read.Key));

    /// <summary>The reads that a row declares, own ones only.</summary>
    public ImmutableArray<ConfigurationRead> ReadsOf(MatrixKey row)
    {
        if (!_readsOf.TryGetValue(row, out ImmutableArray<ConfigurationRead> reads))
        {
            IEnumerable<ConfigurationRead> own = FirstOf(row.Key).Contains('*', StringComparison.Ordinal) ? _own : _ownByFirst?[FirstOf(row.Key)] ?? _own;
            reads = [.. own.Concat(Variables).Where(read => Declares(row, read))];
            _readsOf.Add(row, reads);
        }

        return reads;
    }

    /// <summary>
    /// Whether something says that the application runs in an environment. An environment belongs to the whole matrix: where its containers, or the jobs that are it, are
    /// named for other applications and none for this one, nothing does.
    /// </summary>
    public bool RunsIn(JudgedEnvironment environment)
    {
        ImmutableArray<MatrixSource> Sources(MatrixApp other) => other.Sources.GetValueOrDefault(environment.Environment.Name, []);
        return !Sources(Facts.App).IsEmpty
            || !Facts.Matrix.Apps.Any(other => Sources(other) is { IsEmpty: false } sources && (environment.Environment.Network != NetworkKind.Host || sources.Any(static source => source.Kind == "github")));
    }

    /// <summary>What the application listens on in an environment.</summary>
    public ImmutableArray<ListeningPort> ListensOn(JudgedEnvironment environment) => ListeningPorts.Find(environment.Effective, Facts.Code.Host.Listeners, environment.Environment.DotNetName);

    /// <summary>The row that says it stands for a computed read; null where none does.</summary>
    public MatrixKey? RowReadBy(UnresolvedRead read) => Rows.FirstOrDefault(row => row.ReadBy.Length > 0 && IsIn(read, row.ReadBy));

    /// <summary>The configuration key that an environment variable becomes.</summary>
    public static string KeyOfVariable(string name) => KeyDeclaration.KeyOfVariable(name);

    // builder.AddNpgsqlDataSource("orders"): the library reads it, but the name is the application's, and so is whoever has to give it.
    private static bool IsNamedByCode(ConfigurationRead read) =>
        read.Requirement == Requirement.Required && !KeyPattern.IsPattern(read.Key) && read.Key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase);

    private static ILookup<string, T>? ByFirst<T>(ImmutableArray<T> all, Func<T, string> key) =>
        all.Any(one => FirstOf(key(one)).Contains('*', StringComparison.Ordinal)) ? null : all.ToLookup(one => FirstOf(key(one)), StringComparer.OrdinalIgnoreCase);

    private static string FirstOf(string key) => key.IndexOf(':', StringComparison.Ordinal) is >= 0 and int end ? key[..end] : key;

    private static bool IsIn(UnresolvedRead read, string readBy) =>
        read.Member.Equals(readBy, StringComparison.Ordinal) || read.Member.StartsWith($"{readBy}.", StringComparison.Ordinal);
}

/// <summary>An environment as the rules look at it.</summary>
public sealed class JudgedEnvironment
{
    /// <summary>Works out what is effective.</summary>
    public JudgedEnvironment(AppEnvironment facts)
    {
        Facts = facts;
        // What only a developer has gives nothing elsewhere, even where it is listed.
        Loaded = [.. facts.Set.Providers.Where(provider => provider.Loaded && (facts.IsDevelopers || !provider.DeveloperOnly))];
        Effective = EffectiveConfiguration.Resolve(Loaded);
    }

    /// <summary>The facts.</summary>
    public AppEnvironment Facts { get; }

    /// <summary>The declared environment.</summary>
    public MatrixEnvironment Environment => Facts.Environment;

    /// <summary>The providers that count here, lowest priority first.</summary>
    public ImmutableArray<ProviderFacts> Loaded { get; }

    /// <summary>What they give together.</summary>
    public EffectiveConfiguration Effective { get; }

    /// <summary>True where a key that no known provider gives may be given all the same.</summary>
    public bool MayGiveMore => Loaded.Any(static provider => provider.Opaque || provider.Kind == ProviderKind.External) || Facts.Set.Faults.Any(static fault => fault.Kind is SettingsFaultKind.NotRead or SettingsFaultKind.Missing);

    /// <summary>What the matrix and the code together say about a row here.</summary>
    /// <param name="row">The row.</param>
    /// <param name="reads">The reads it declares.</param>
    public Presence PresenceOf(MatrixKey row, IEnumerable<ConfigurationRead> reads) =>
        row.Cells.TryGetValue(Environment.Name, out MatrixCell? cell) ? cell.Presence
        : reads.Any(read => read.Requirement == Requirement.Required && read.Kind != ReadKind.Exists && IsReached(read)) ? Presence.Required
        : Presence.Optional;

    /// <summary>Whether the code gets to a read here, as far as conditions on the environment's name decide it.</summary>
    public bool IsReached(ConfigurationRead read) =>
        (read.OnlyIn.IsEmpty || read.OnlyIn.Contains(Environment.DotNetName, StringComparer.OrdinalIgnoreCase)) && !read.NotIn.Contains(Environment.DotNetName, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether something gives a key a value, or gives something below it.</summary>
    public bool Gives(string key) => Effective.Exists(key) || Effective.Find(key) is { Value.EmptyContainer: true };

    /// <summary>Whether the process has a variable of exactly this name.</summary>
    public bool HasVariable(string name) =>
        Facts.Set.Variables.Where(provider => provider.Loaded && (Facts.IsDevelopers || !provider.DeveloperOnly)).Any(provider => provider.Opaque || provider.Keys.Any(key => key.WrittenAs == name || key.Key == name));
}
