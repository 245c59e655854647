using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>The fields of objects that a method uses, each made once.</summary>
internal sealed class FieldValues
{
    private readonly List<FieldValue> _fewFields = [];
    private Dictionary<(CodeField, CodeValue), FieldValue> _fields = new(SameObjects.Instance);

    /// <summary>Goes to another method.</summary>
    public void Begin()
    {
        _fewFields.Clear();
        if (_fields.Count > MethodEvaluator.ManyEntries)
        {
            _fields = new(SameObjects.Instance);
        }
        else
        {
            _fields.Clear();
        }
    }

    /// <summary>A field of an object.</summary>
    public FieldValue Of(KnownField known, CodeValue owner)
    {
        if (owner is ParameterValue { Index: 0 } first)
        {
            return known.OfThis(first);
        }

        // Most methods use few fields of others.
        CodeField field = known.Field;
        foreach (FieldValue few in CollectionsMarshal.AsSpan(_fewFields))
        {
            if (ReferenceEquals(few.Field, field) && ReferenceEquals(few.Owner, owner))
            {
                return few;
            }
        }

        if (!_fields.TryGetValue((field, owner), out FieldValue? value))
        {
            value = new FieldValue(field, owner);
            if (_fewFields.Count < 16)
            {
                _fewFields.Add(value);
            }
            else
            {
                _fields.Add((field, owner), value);
            }
        }

        return value;
    }

    /// <summary>Fields are told apart by object: <see cref="TypeNames"/> makes each once.</summary>
    private sealed class SameObjects : IEqualityComparer<(CodeField Field, CodeValue Owner)>
    {
        public static readonly SameObjects Instance = new();

        public bool Equals((CodeField Field, CodeValue Owner) x, (CodeField Field, CodeValue Owner) y) => ReferenceEquals(x.Field, y.Field) && ReferenceEquals(x.Owner, y.Owner);

        public int GetHashCode((CodeField Field, CodeValue Owner) obj) => (RuntimeHelpers.GetHashCode(obj.Field) * 31) + obj.Owner.GetHashCode();
    }
}
